//! A whole file.

use std::path::Path;

use bytes::Bytes;

use crate::array::Array;
use crate::blocks;
use crate::blocks_write::{self, BlockOptions};
use crate::error::{Error, Result};
use crate::v1::{self, entry, file};
use crate::write::{self, Options};

/// The bytes of an array, and a byte for each bool of its mask.
#[derive(Clone, Debug, Default)]
pub(crate) struct Planes {
    pub data: Bytes,
    pub mask: Option<Vec<u8>>,
}

/// What a file holds: one array, or a bundle of them.
#[derive(Clone, Debug)]
pub struct File {
    pub(crate) message: v1::File,
    /// Of every array of the content; `Array.data_buffer` counts them from 1 as long as the message is in here.
    pub(crate) planes: Vec<Planes>,
}

impl File {
    /// Reads a file.
    pub fn load(path: impl AsRef<Path>) -> Result<File> {
        File::from_bytes(std::fs::read(path)?)
    }

    /// Reads the bytes of a file: everything is checked, masks are unpacked, checksums verified. Arrays are views of the bytes.
    pub fn from_bytes(raw: impl Into<Bytes>) -> Result<File> {
        crate::read::read(raw.into())
    }

    /// Reads a stream of blocks, `.mqb`, whole.
    pub fn load_blocks(path: impl AsRef<Path>) -> Result<File> {
        blocks::whole(std::fs::File::open(path)?)
    }

    /// Reads the bytes of a stream of blocks.
    pub fn from_blocks(raw: impl AsRef<[u8]>) -> Result<File> {
        blocks::whole(std::io::Cursor::new(raw))
    }

    /// The bytes of a stream of blocks: without compression the same from every client.
    pub fn to_blocks(&self, options: BlockOptions) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        blocks_write::write(self, &mut out, options)?;
        Ok(out)
    }

    /// Writes a stream of blocks, one after another.
    pub fn write_blocks(&self, to: &mut impl std::io::Write, options: BlockOptions) -> Result<()> {
        blocks_write::write(self, to, options)
    }

    /// Writes a stream of blocks as a file, whole or not at all, and never over another.
    pub fn save_blocks(&self, path: impl AsRef<Path>, options: BlockOptions) -> Result<()> {
        write::saved(path.as_ref(), |out| {
            let mut buffered = std::io::BufWriter::new(out);
            blocks_write::write(self, &mut buffered, options)?;
            Ok(std::io::Write::flush(&mut buffered)?)
        })
    }

    /// A file of one array.
    pub fn of(array: Array) -> File {
        let mut out = File { message: v1::File::default(), planes: Vec::new() };
        let message = out.add(array);
        out.message.content = Some(file::Content::Array(message));
        out
    }

    /// A file of a dict of arrays.
    pub fn of_dict<'n>(members: impl IntoIterator<Item = (&'n str, Array)>) -> File {
        let mut out = File { message: v1::File::default(), planes: Vec::new() };
        let entries = members.into_iter().map(|(name, array)| {
            let member = entry::Member::Array(out.add(array));
            v1::Entry { name: name.into(), member: Some(member) }
        });
        let bundle = v1::Bundle { kind: v1::BundleKind::Dict.into(), entries: entries.collect(), ..Default::default() };
        out.message.content = Some(file::Content::Bundle(bundle));
        out
    }

    fn add(&mut self, array: Array) -> v1::Array {
        self.planes.push(Planes { data: array.data, mask: array.mask });
        v1::Array { data_buffer: self.planes.len() as u32, ..array.message }
    }

    /// The content as prost has it: attributes, plain values, and messages for [`File::of_message`].
    pub fn message(&self) -> &v1::File {
        &self.message
    }

    /// An array by the names of the bundles it lies in and its own; without names, the one of a file that has one only.
    pub fn array(&self, names: &[&str]) -> Result<Array> {
        let lost = || Error::new(format!("there is no array {names:?}"));
        match (&self.message.content, names) {
            (Some(file::Content::Array(array)), []) => Ok(self.of_message(array)),
            (Some(file::Content::Bundle(bundle)), [.., last]) => {
                let mut inner = bundle;
                for name in &names[..names.len() - 1] {
                    let Some(entry::Member::Bundle(next)) = member(inner, name) else { return Err(lost()) };
                    inner = next;
                }
                match member(inner, last) {
                    Some(entry::Member::Array(array)) => Ok(self.of_message(array)),
                    _ => Err(lost()),
                }
            }
            _ => Err(lost()),
        }
    }

    /// The array of a message anywhere within the content: in attributes and objects too. The bytes are shared, not copied.
    ///
    /// # Panics
    /// With a message of another file.
    pub fn of_message(&self, message: &v1::Array) -> Array {
        let planes = &self.planes[message.data_buffer as usize - 1];
        Array { message: message.clone(), data: planes.data.clone(), mask: planes.mask.clone() }
    }

    /// The canonical bytes of the file: the same from every client.
    pub fn to_bytes(&self, options: Options) -> Result<Vec<u8>> {
        write::bytes(self, options)
    }

    /// Writes a file, whole or not at all, and never over another.
    pub fn save(&self, path: impl AsRef<Path>, options: Options) -> Result<()> {
        write::save(self, path.as_ref(), options)
    }
}

fn member<'b>(bundle: &'b v1::Bundle, name: &str) -> Option<&'b entry::Member> {
    bundle.entries.iter().find(|entry| entry.name == name)?.member.as_ref()
}
