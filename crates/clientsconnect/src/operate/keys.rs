//! `clientsconnect keys`: makes the text of the keys that sign links, for the parameter of a deployed channel.
//!
//! Invariant: standard output is the text and nothing else, so that it can go straight into the parameter and need
//! never be shown.

use std::io::{Read, Write};

use anyhow::{Context, ensure};
use app::ports::Randomness;
use clap::{Args, Subcommand};

use crate::link_keys;

/// The longest text that is read, in bytes: several times that of two keys.
const LONGEST: u64 = 1024;

/// Make or rotate the secret keys that sign a deployed channel's links
#[derive(Debug, Args)]
#[command(after_help = "\
The keys are printed, and nothing else is; they belong into the parameter /NAME/link-keys, where NAME is the
channel's name, and nowhere else. Whoever has them can vote in anybody's place.

Examples, for a channel with the name clientsconnect:
  aws ssm put-parameter --name /clientsconnect/link-keys --type SecureString \\
      --value \"$(clientsconnect keys new)\"
  aws ssm put-parameter --name /clientsconnect/link-keys --type SecureString --overwrite \\
      --value \"$(aws ssm get-parameter --name /clientsconnect/link-keys --with-decryption \\
      --query Parameter.Value --output text | clientsconnect keys rotate)\"")]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    command: KeysCommand,
}

/// What to do with the keys.
#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Print a fresh key; links under any other are dead
    New,
    /// Read the keys from standard input, and print them with a new one in front
    #[command(after_help = "\
New links are sealed with the new key. Links under the key that sealed so far go on working until the next
rotation; those under an older one are dead. So rotate twice, or use `keys new`, if a key may be known to others.")]
    Rotate,
}

/// Prints the keys to `stdout`, and to `stderr` where they belong.
///
/// # Errors
/// In plain English, without a word of what was read.
pub(crate) fn run(
    args: &KeysArgs,
    randomness: &dyn Randomness,
    stdin: &mut dyn Read,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> anyhow::Result<()> {
    let text = match args.command {
        KeysCommand::New => link_keys::fresh(randomness)?,
        KeysCommand::Rotate => {
            let mut text = String::new();
            stdin
                .take(LONGEST + 1)
                .read_to_string(&mut text)
                .ok()
                .context("standard input is not the text of the keys")?;
            ensure!(text.len() as u64 <= LONGEST, "standard input is too long for the text of the keys");
            link_keys::rotated(&text, randomness)?
        }
    };
    // A key that nobody received must not count as printed: unlike an answer, a broken pipe is a failure here.
    writeln!(stdout, "{text}").and_then(|()| stdout.flush()).context("the keys cannot be printed")?;
    // The note is beside the point if nobody reads it.
    let _ = writeln!(
        stderr,
        "The functions read these keys from the SSM parameter /NAME/link-keys, a SecureString, within five minutes."
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use aws::start::SystemRandomness;
    use web::links::Keyring;

    use super::*;

    fn printed(command: KeysCommand, stdin: &str) -> anyhow::Result<String> {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let args = KeysArgs { command };
        run(&args, &SystemRandomness, &mut stdin.as_bytes(), &mut stdout, &mut stderr)?;
        let (stdout, stderr) = (String::from_utf8(stdout)?, String::from_utf8(stderr)?);
        assert!(!stderr.contains(stdout.trim()), "the note repeats no key");
        Ok(stdout)
    }

    #[test]
    fn what_is_printed_is_a_key_ring_and_can_be_rotated() {
        let first = printed(KeysCommand::New, "").unwrap();
        assert!(first.parse::<Keyring>().is_ok() && first.ends_with('\n') && first.lines().count() == 1);
        let second = printed(KeysCommand::Rotate, &first).unwrap();
        assert!(second.trim().ends_with(first.trim()));
        assert_eq!(second.parse::<Keyring>().unwrap().key_ids().len(), 2);
    }

    #[test]
    fn what_is_no_key_ring_is_not_repeated() {
        for text in ["", "planted", &"planted".repeat(200)] {
            let error = format!("{:#}", printed(KeysCommand::Rotate, text).unwrap_err());
            assert!(!error.contains("planted"), "{error}");
        }
    }
}
