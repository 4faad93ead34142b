//! A function that does nothing, with the clients that the others have: what `scripts/cold-start` measures them beside.
//! It is not deployed.

use aws::start;
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start::log();
    let sdk = start::sdk().await;
    let clients = &(
        aws_sdk_dynamodb::Client::new(&sdk),
        aws_sdk_sqs::Client::new(&sdk),
        aws_sdk_ssm::Client::new(&sdk),
        aws_sdk_sesv2::Client::new(&sdk),
    );
    let hello = async |_: LambdaEvent<serde_json::Value>| {
        // Kept, so that building them is not optimised away.
        std::hint::black_box(clients);
        Ok::<_, Error>(serde_json::json!({ "hello": "world" }))
    };
    lambda_runtime::run(service_fn(hello)).await
}
