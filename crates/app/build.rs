//! Fails the build, with a message that names the entry, when what is written in `content/` does not fit a platform.
//!
//! The other rules of `content/` are checked by its own build; how long a text is, the platforms' measures say, and those
//! are in `curation`.

#[path = "build/fits.rs"]
mod fits;

use std::process::ExitCode;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build/fits.rs");
    match fits::check(content::disclaimers(), content::guidance(), &content::wording().elsewhere) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("cargo::error={message}");
            ExitCode::FAILURE
        }
    }
}
