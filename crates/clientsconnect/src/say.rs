//! Lines on standard output while something goes on.
//!
//! Invariant: nothing stops because nobody reads them. Whoever pipes them into `head` has read enough.

use std::io::{self, Write};

/// Prints one line, if anybody reads.
pub(crate) fn line(text: &str) {
    write(text, &mut io::stdout().lock());
}

fn write(text: &str, to: &mut impl Write) {
    // What was to be said is beside what is done: a closed pipe or a full disk is no reason to stop a channel.
    let _ = writeln!(to, "{text}").and_then(|()| to.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pipe whose reader has gone.
    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_left_stops_nothing() {
        write("a line", &mut Closed);
        let mut read = Vec::new();
        write("a line", &mut read);
        assert_eq!(read, b"a line\n");
    }
}
