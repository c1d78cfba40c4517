//! Streams of blocks: the shared vectors, malformed files, parts, damage.

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;

use masquerade::{Array, BlockFile, BlockOptions, Checksum, Codec, Error, File, MaskEncoding, Options};

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
    std::fs::read(path(&format!("blocks/{name}.mqb"))).unwrap()
}

fn refuse(what: &str, raw: &[u8]) {
    match File::from_blocks(raw) {
        Err(Error::Malformed { message, .. }) if !message.is_empty() => {}
        other => panic!("{what}: not refused, but {other:?}"),
    }
}

#[test]
fn every_vector_is_read_and_written_again() {
    for vector in index("") {
        let name = &vector.name;
        let checksum = match vector.options.checksum.as_deref() {
            Some("crc32c") => Checksum::Crc32c,
            Some("none") => Checksum::None,
            _ => Checksum::Crc32,
        };
        let (mask, of_message) = match vector.options.mask.as_deref() {
            Some("raw") => (MaskEncoding::Raw, MaskEncoding::Raw),
            Some("run-length") => (MaskEncoding::Packed, MaskEncoding::RunLength),
            _ => (MaskEncoding::Packed, MaskEncoding::Packed),
        };
        let raw = read(name);
        let file = File::from_blocks(&raw).unwrap_or_else(|e| panic!("{name}: {e}"));
        let back = file.to_blocks(BlockOptions { mask, checksum, ..Default::default() }).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(back == raw, "{name}: {}\nbecame\n{}", raw.escape_ascii(), back.escape_ascii());
        // The same as the message, which is another way to the same array.
        let message = file.to_bytes(Options { mask: of_message, checksum }).unwrap();
        assert!(message == std::fs::read(path(&format!("{name}.pb"))).unwrap(), "{name}: not the array of the message");
    }
}

#[test]
fn every_malformed_file_is_refused() {
    for vector in index("blocks/malformed") {
        refuse(&vector.what, &read(&format!("malformed/{}", vector.name)));
    }
}

#[test]
fn every_truncation_and_every_flipped_bit_is_noticed() {
    for name in ["mask-raw", "dict", "checksum-crc32c"] {
        let raw = read(name);
        for length in 0..raw.len() {
            refuse(&format!("{name} up to byte {length}"), &raw[..length]);
        }
        for at in 0..raw.len() {
            let mut mutant = raw.clone();
            mutant[at] ^= 1 << (at % 8);
            refuse(&format!("{name} with byte {at} changed"), &mutant);
        }
    }
}

/// A masked array of 300 rows of 20 in blocks of four rows.
fn rows(codec: Codec) -> (Vec<u8>, Vec<i32>, Vec<bool>) {
    let values: Vec<i32> = (0..6000).map(|i| i / 7).collect();
    let mask: Vec<bool> = (0..6000).map(|i| i % 5 == 0).collect();
    let array = Array::new(&[300, 20], &values).unwrap().with_mask(&mask).unwrap();
    let raw = File::of(array).to_blocks(BlockOptions { codec, block_bytes: Some(320), ..Default::default() }).unwrap();
    (raw, values, mask)
}

#[test]
fn deflate() {
    let (raw, values, mask) = rows(Codec::Deflate);
    assert!(raw.len() < rows(Codec::None).0.len());
    let array = File::from_blocks(&raw).unwrap().array(&[]).unwrap();
    let expected: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    assert_eq!(array.data, expected);
    assert_eq!(array.mask.unwrap(), mask.iter().map(|&bit| u8::from(bit)).collect::<Vec<u8>>());
}

/// A source that counts what is read of it.
struct Counting<'c>(Cursor<Vec<u8>>, &'c std::cell::Cell<usize>);

impl Read for Counting<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(into)?;
        self.1.set(self.1.get() + count);
        Ok(count)
    }
}

impl Seek for Counting<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn parts_are_read_by_the_index() -> Result<(), Error> {
    let values: Vec<f64> = (0..100_000).map(f64::from).collect();
    let raw = File::of(Array::new(&[values.len()], &values)?).to_blocks(BlockOptions::default())?;
    let count = std::cell::Cell::new(0);
    let source = Counting(Cursor::new(raw), &count);
    let mut file = BlockFile::open(source)?;
    let (data, mask) = file.read(0, 50_000, 2)?;
    assert_eq!(data, [50_000f64.to_le_bytes(), 50_001f64.to_le_bytes()].concat());
    assert!(mask.is_none());
    assert!(count.get() < 400_000, "as if it were read whole: {}", count.get());
    Ok(())
}

#[test]
fn every_run_of_elements() {
    for codec in [Codec::None, Codec::Deflate] {
        let (raw, values, mask) = rows(codec);
        let mut file = BlockFile::open(Cursor::new(raw)).unwrap();
        assert_eq!(file.shape(0), [300, 20]);
        for start in (0..6000).step_by(37) {
            for count in [0, 1, 79, 80, 200, 6000] {
                let end = 6000.min(start + count);
                let (data, flags) = file.read(0, start as u64, (end - start) as u64).unwrap();
                let expected: Vec<u8> = values[start..end].iter().flat_map(|value| value.to_le_bytes()).collect();
                assert_eq!(data, expected);
                assert_eq!(flags.unwrap(), mask[start..end].iter().map(|&bit| u8::from(bit)).collect::<Vec<u8>>());
            }
        }
        for (start, count) in [(6000, 1), (0, 6001), (1 << 63, 1 << 63), (u64::MAX, 2)] {
            assert!(file.read(0, start, count).is_err());
        }
        assert!(file.read(1, 0, 1).is_err());
    }
}

#[test]
fn damage_is_found_where_it_is_read() {
    let (mut raw, ..) = rows(Codec::None);
    let middle = raw.len() / 2;
    raw[middle] ^= 1;
    let mut file = BlockFile::open(Cursor::new(raw)).unwrap();
    file.read(0, 0, 80).unwrap();
    assert!(file.read(0, 0, 6000).unwrap_err().to_string().contains("checksum"));
}

#[test]
fn mutants_fail_in_one_way_or_are_values() {
    let mut state = 7u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    // Without checksums damage comes further.
    let raw = read("checksum-none");
    for _ in 0..5000 {
        let mut mutant = raw.clone();
        for _ in 0..=random(3) {
            mutant[random(raw.len())] = random(256) as u8;
        }
        match File::from_blocks(&mutant) {
            Ok(file) => assert!(File::from_blocks(file.to_blocks(BlockOptions::default()).unwrap()).is_ok()),
            Err(Error::Malformed { message, .. }) => assert!(!message.is_empty()),
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn a_file_is_saved_and_loaded() -> Result<(), Error> {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("saved-{}.mqb", std::process::id()));
    let file = File::from_blocks(read("dict"))?;
    file.save_blocks(&path, BlockOptions::default())?;
    assert!(file.save_blocks(&path, BlockOptions::default()).is_err(), "written over another");
    let back = File::load_blocks(&path)?;
    std::fs::remove_file(&path).unwrap();
    assert_eq!(back.to_bytes(Options::default())?, file.to_bytes(Options::default())?);
    Ok(())
}
