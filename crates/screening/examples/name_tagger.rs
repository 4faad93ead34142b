//! The name tagger's door for its trainer (`tools/names`): reads JSON lines `{"text"}` and prints, per line, the tokens
//! with their features, or the names found, or how long tagging it takes.
//!
//! It compiles the very files that screening uses, so a feature is computed in one place only.

#![allow(dead_code)]

use std::io::{BufRead, Write};

#[path = "../src/buckets.rs"]
mod buckets;
#[path = "../src/names/features.rs"]
mod features;
#[path = "../src/names/knowledge.rs"]
mod knowledge;
#[path = "../src/normalise.rs"]
mod normalise;
#[path = "../src/names/tagger.rs"]
mod tagger;
#[path = "../src/names/tokens.rs"]
mod tokens;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, mode, path] = arguments.as_slice() else {
        return Err("usage: name_tagger features|tags|time FILE".into());
    };
    let file = std::fs::read(path)?;
    let knowledge = knowledge::Knowledge::read(&file).ok_or("no weights file")?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let object: serde_json::Value = serde_json::from_str(&line?)?;
        let text = object["text"].as_str().ok_or("no text")?;
        let normalised = normalise::Normalised::new(text);
        let (folded, cased) = (&normalised.folded, &normalised.cased);
        if mode == "time" {
            let begun = std::time::Instant::now();
            for _ in 0..1000 {
                let tokens = tokens::cut(cased, folded, &knowledge);
                std::hint::black_box(tagger::tag(folded, cased, &tokens, &knowledge));
            }
            writeln!(out, "{} bytes: {:?} a time", folded.len(), begun.elapsed() / 1000)?;
            continue;
        }
        let tokens = tokens::cut(cased, folded, &knowledge);
        let labels =
            if mode == "tags" { tagger::tag(folded, cased, &tokens, &knowledge) } else { Vec::new() };
        let style = (features::style(&tokens), features::manner(folded, &tokens));
        for (at, token) in tokens.iter().enumerate() {
            let (start, end) = normalised.span(token.start, token.end);
            write!(out, "{start} {end}")?;
            if mode == "tags" {
                write!(out, " {}", labels[at])?;
            } else {
                features::features(folded, cased, &tokens, at, style, &knowledge, |template, hash| {
                    // A failed write shows at the flush below.
                    let _ = write!(out, " {template}:{hash}");
                });
            }
            write!(out, "\t")?;
        }
        writeln!(out)?;
    }
    out.flush()?;
    Ok(())
}
