//! The command `clientsconnect`.

mod local;

fn main() {}
