//! Prints texts as the model reads them: JSON lines with `text` on standard input, one JSON line for each on standard
//! output. `tools/train` runs it, so that training and screening cut texts alike.

use std::io::{BufRead, BufWriter, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let text = row["text"].as_str().ok_or("a line has no text")?;
        serde_json::to_writer(&mut out, &screening::training::read(text))?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}
