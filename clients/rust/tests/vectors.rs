//! The shared vectors, malformed files, damage.

use std::path::PathBuf;

use masquerade::{Checksum, Error, File, MaskEncoding, Options};

#[derive(serde::Deserialize)]
struct Vector {
    name: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    options: Said,
}

#[derive(serde::Deserialize, Default)]
struct Said {
    mask: Option<String>,
    checksum: Option<String>,
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../vectors").join(name)
}

fn index(folder: &str) -> Vec<Vector> {
    let found: Vec<Vector> = serde_json::from_slice(&std::fs::read(path(folder).join("index.json")).unwrap()).unwrap();
    assert!(!found.is_empty());
    found
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(path(&format!("{name}.pb"))).unwrap()
}

fn refuse(what: &str, raw: Vec<u8>) -> String {
    match File::from_bytes(raw) {
        Err(Error::Malformed { message, .. }) if !message.is_empty() => message,
        other => panic!("{what}: not refused, but {other:?}"),
    }
}

#[test]
fn every_vector_is_read_and_written_again() {
    for vector in index("") {
        let mask = match vector.options.mask.as_deref() {
            Some("raw") => MaskEncoding::Raw,
            Some("run-length") => MaskEncoding::RunLength,
            _ => MaskEncoding::Packed,
        };
        let checksum = match vector.options.checksum.as_deref() {
            Some("crc32c") => Checksum::Crc32c,
            Some("none") => Checksum::None,
            _ => Checksum::Crc32,
        };
        let raw = read(&vector.name);
        let file = File::from_bytes(raw.clone()).unwrap_or_else(|e| panic!("{}: {e}", vector.name));
        assert!(file.to_bytes(Options { mask, checksum }).unwrap() == raw, "{}: other bytes", vector.name);
    }
}

#[test]
fn every_malformed_file_is_refused() {
    for vector in index("malformed") {
        refuse(&vector.what, read(&format!("malformed/{}", vector.name)));
    }
}

#[test]
fn every_unusual_file_is_read() {
    for vector in index("unusual") {
        let file = File::from_bytes(read(&format!("unusual/{}", vector.name))).unwrap_or_else(|e| panic!("{}: {e}", vector.what));
        file.to_bytes(Options::default()).unwrap();
    }
}

#[test]
fn every_truncation_is_refused() {
    for name in ["mask-runs", "struct-nested", "dict"] {
        let raw = read(name);
        for length in 0..raw.len() {
            refuse(name, raw[..length].to_vec());
        }
    }
}

#[test]
fn every_flipped_bit_of_the_data_is_noticed() {
    let raw = read("checksum-crc32c");
    let data = File::from_bytes(raw.clone()).unwrap().array(&[]).unwrap().data;
    let start = raw.windows(data.len()).position(|window| window == data).unwrap();
    for at in start..start + data.len() {
        let mut mutant = raw.clone();
        mutant[at] ^= 1 << (at % 8);
        assert!(refuse("a flipped bit", mutant).contains("checksum"));
    }
}

#[test]
fn mutants_fail_in_one_way_or_are_values() {
    let mut state = 5u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    for name in ["struct-nested", "dtype-object", "labelled", "dict", "mask-runs", "dtype-le-datetime-25us"] {
        let raw = read(name);
        for _ in 0..2000 {
            let mut mutant = raw.clone();
            for _ in 0..=random(3) {
                mutant[random(raw.len())] = random(256) as u8;
            }
            match File::from_bytes(mutant) {
                Ok(file) => {
                    let first = file.to_bytes(Options::default()).unwrap();
                    let again = File::from_bytes(first.clone()).unwrap().to_bytes(Options::default()).unwrap();
                    assert!(first == again);
                }
                Err(Error::Malformed { message, .. }) => assert!(!message.is_empty()),
                Err(other) => panic!("{other}"),
            }
        }
    }
}
