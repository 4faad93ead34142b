//! The command `clientsconnect`: the local mode, screening by hand, and what whoever runs the channel does.
//!
//! Invariant: it exits with 0 only if what was asked for was done and is in order; 1 otherwise, 2 if it was not
//! understood. Errors are plain English on standard error, without anybody's words.

// `println!` panics where the reader of a pipe has gone; `say::line` and `operate::run` do not.
#![warn(clippy::print_stdout)]

mod link_keys;
mod local;
mod operate;
mod say;
mod screen;

use std::{io, process::ExitCode};

use clap::{Parser, Subcommand};

/// Runs a channel whose posts several therapists have approved, word for word.
#[derive(Debug, Parser)]
#[command(name = "clientsconnect", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Local(local::LocalArgs),
    Screen(screen::ScreenArgs),
    #[command(flatten)]
    Operate(operate::Operate),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log(&arguments.command);
    match run(arguments.command).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// True if all is in order.
async fn run(command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Local(args) => local::run(args).await.map(|()| true),
        Command::Screen(args) => screen::run(&args),
        Command::Operate(operate) => operate::run(operate).await,
    }
}

/// The log goes to standard error, so that standard output is the answer. RUST_LOG chooses what is in it.
fn log(command: &Command) {
    let usual = match command {
        Command::Local(args) => args.usual_log(),
        Command::Screen(_) | Command::Operate(_) => "error",
    };
    tracing_subscriber::fmt()
        .with_env_filter(aws::start::filter(usual))
        .with_writer(io::stderr)
        .compact()
        .init();
    aws::start::say_where_not_what();
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        super::Arguments::command().debug_assert();
    }
}
