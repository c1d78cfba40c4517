//! Reads each of the shared vectors and writes it again. usage: cargo run --example roundtrip FROM TO INDEX.json

use std::path::Path;

use masquerade::{Checksum, File, MaskEncoding, Options};

#[derive(serde::Deserialize)]
struct Vector {
    name: String,
    options: Said,
}

#[derive(serde::Deserialize)]
struct Said {
    mask: Option<String>,
    checksum: Option<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, index] = args.as_slice() else { return Err("usage: roundtrip FROM TO INDEX.json".into()) };
    let vectors: Vec<Vector> = serde_json::from_slice(&std::fs::read(index)?)?;
    for Vector { name, options } in vectors {
        let mask = match options.mask.as_deref() {
            Some("raw") => MaskEncoding::Raw,
            Some("run-length") => MaskEncoding::RunLength,
            _ => MaskEncoding::Packed,
        };
        let checksum = match options.checksum.as_deref() {
            Some("crc32c") => Checksum::Crc32c,
            Some("none") => Checksum::None,
            _ => Checksum::Crc32,
        };
        let path = |folder: &str| Path::new(folder).join(format!("{name}.pb"));
        File::load(path(from)).and_then(|file| file.save(path(to), Options { mask, checksum })).map_err(|e| format!("{name}: {e}"))?;
    }
    Ok(())
}
