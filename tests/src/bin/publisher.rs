//! The process that the kill test kills: one run of the publisher.

#[tokio::main(flavor = "current_thread")]
async fn main() {
    tests::publisher::run().await;
}
