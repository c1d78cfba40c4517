//! A [`File`] as canonical bytes.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use bytes::Bytes;
use prost::Message;

use crate::dtype::{bools, elements, of_objects, times};
use crate::error::{Error, Result};
use crate::file::{File, Planes};
use crate::read::{checksum, VERSION};
use crate::schema::FILE;
use crate::v1::{self, ChecksumKind};
use crate::walk::{content, Met};
use crate::wire::put_varint;
use crate::{mask, wire};

const MAGIC: u32 = 0x3151_534d;
pub(crate) const MOST_BYTES: usize = (1 << 31) - 1;
const ALIGNMENT: usize = 64;

/// How a file is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// How masks are.
    pub mask: MaskEncoding,
    /// What guards the bytes of each array and mask.
    pub checksum: Checksum,
}

/// How masks are written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum MaskEncoding {
    /// A bit for each bool.
    #[default]
    Packed,
    /// A byte for each bool.
    Raw,
    /// The lengths of runs.
    RunLength,
}

/// What guards bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Checksum {
    /// CRC-32, as zip has it.
    #[default]
    Crc32,
    /// CRC-32C.
    Crc32c,
    /// Nothing.
    None,
}

pub(crate) fn save(file: &File, path: &Path, options: Options) -> Result<()> {
    let raw = bytes(file, options)?;
    saved(path, |out| Ok(out.write_all(&raw)?))
}

/// Makes a file of what is written to it.
pub(crate) fn saved(path: &Path, write: impl FnOnce(&mut std::fs::File) -> Result<()>) -> Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let temporary = Path::new(&name);
    let mut out = OpenOptions::new().write(true).create_new(true).open(temporary)?;
    // A link fails where the name is taken; a rename would replace it.
    let written = write(&mut out).and_then(|()| Ok(out.sync_all().and_then(|()| std::fs::hard_link(temporary, path))?));
    std::fs::remove_file(temporary)?;
    written
}

pub(crate) fn bytes(file: &File, options: Options) -> Result<Vec<u8>> {
    let mut message = file.message.clone();
    message.buffers.clear();
    message.magic = MAGIC;
    message.version = VERSION;
    let mut buffers = Vec::new();
    content(&mut message, &mut |met| match met {
        Met::Array(array) => {
            let planes = file.planes.get((array.data_buffer as usize).wrapping_sub(1));
            prepare(array, planes.ok_or_else(|| Error::new("an array without its data"))?, options.mask, &mut buffers)
        }
        _ => Ok(()),
    })?;
    let mut out = message.encode_to_vec();
    wire::check(&out, 0, out.len(), &FILE, 0)?; // how deep it is nested
    let size = out.len() + buffers.iter().map(|data| data.len() + 2 * ALIGNMENT).sum::<usize>();
    if size > MOST_BYTES {
        return Err(Error::new(format!("a message of {size} bytes is more than {MOST_BYTES}, where protobuf libraries end")));
    }
    out.reserve_exact(size - out.len());
    for data in &buffers {
        append(&mut out, data, options.checksum, 5);
    }
    Ok(out)
}

/// Sets what a message says of its buffers, and adds these.
pub(crate) fn prepare(array: &mut v1::Array, planes: &Planes, encoding: MaskEncoding, buffers: &mut Vec<Bytes>) -> Result<()> {
    let dtype = array.dtype.as_deref().ok_or_else(|| Error::new("an array has no dtype"))?;
    let size = elements(&array.shape)?;
    let objects = of_objects(dtype);
    if !objects && times(size, dtype.itemsize) != planes.data.len() as u64 {
        return Err(Error::new(format!("shape {:?} is not that of {} bytes", array.shape, planes.data.len())));
    }
    let count = times(size, bools(dtype));
    array.data_buffer = 0;
    if !objects {
        buffers.push(planes.data.clone());
        array.data_buffer = buffers.len() as u32;
    }
    array.mask = None;
    let Some(held) = &planes.mask else { return Ok(()) };
    if count != held.len() as u64 {
        return Err(Error::new(format!("a mask of {} bools where there are {count}", held.len())));
    }
    let chosen = match encoding {
        MaskEncoding::Raw => v1::MaskEncoding::Raw,
        MaskEncoding::RunLength if objects || held.len() <= planes.data.len() => v1::MaskEncoding::RunLength,
        _ => v1::MaskEncoding::Packed,
    };
    buffers.push(mask::encode(held, chosen).into());
    array.masked = true;
    array.mask = Some(v1::Mask { encoding: chosen.into(), count, buffer: buffers.len() as u32 });
    Ok(())
}

/// Writes a message Buffer, in this field, whose data lie at a multiple of 64 bytes.
pub(crate) fn append(out: &mut Vec<u8>, data: &[u8], sum: Checksum, field: u8) {
    let kind = match sum {
        Checksum::Crc32 => Some(ChecksumKind::Crc32),
        Checksum::Crc32c => Some(ChecksumKind::Crc32c),
        Checksum::None => None,
    };
    let after = kind.map_or_else(Vec::new, |kind| {
        let mut after = vec![0x1a, 7, 0x08, kind as u8, 0x15];
        after.extend_from_slice(&checksum(kind, data).to_le_bytes());
        after
    });
    let mut head = Vec::new();
    if !data.is_empty() {
        head.push(0x12);
        put_varint(&mut head, data.len() as u64);
    }
    for zeros in 0.. {
        let padding = if zeros == 0 { 0 } else { 2 + zeros };
        let mut before = vec![field << 3 | 2];
        put_varint(&mut before, (padding + head.len() + data.len() + after.len()) as u64);
        if zeros > 0 {
            before.extend_from_slice(&[0x0a, zeros as u8]);
            before.resize(before.len() + zeros, 0);
        }
        before.extend_from_slice(&head);
        if data.is_empty() || (out.len() + before.len()) % ALIGNMENT == 0 {
            out.extend_from_slice(&before);
            break;
        }
    }
    out.extend_from_slice(data);
    out.extend_from_slice(&after);
}
