//! Writing streams of blocks, `.mqb`.

use std::io::Write;

use bytes::Bytes;
use prost::Message;

use crate::blocks::{outline, ENVELOPE_MAGIC};
use crate::dtype::{bools, has_objects, of_objects};
use crate::error::{Error, Result};
use crate::file::{File, Planes};
use crate::frames::{digest, MAGIC};
use crate::plan::{block_shape, Plan, Planned, Runs};
use crate::read::{checksum, VERSION};
use crate::schema::{OBJECTS, STREAM};
use crate::v1::{self, envelope, file, stream_message::Kind, ChecksumKind, Order, Plane, StreamMessage};
use crate::walk::{content, value, Met};
use crate::wire::{put_varint, LARGEST};
use crate::write::{append, prepare, Checksum, MaskEncoding, MOST_BYTES};
use crate::{mask, npy, wire};

const MOST_BLOCK: usize = 1 << 30;

/// How a stream of blocks is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct BlockOptions {
    /// How masks are: packed or raw.
    pub mask: MaskEncoding,
    /// What guards every message.
    pub checksum: Checksum,
    /// How blocks are compressed.
    pub codec: Codec,
    /// Bytes of a block at most, but at least one element. Default: 64 KiB, up to 1 MiB for large arrays.
    pub block_bytes: Option<usize>,
}

/// How blocks are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Codec {
    /// Not at all: the same bytes from every client.
    #[default]
    None,
    /// zlib.
    Deflate,
}

pub(crate) fn write(file: &File, to: &mut impl Write, options: BlockOptions) -> Result<()> {
    if options.mask == MaskEncoding::RunLength || options.block_bytes.is_some_and(|bytes| !(1..=MOST_BLOCK).contains(&bytes)) {
        return Err(Error::new(format!("masks of blocks are packed or raw, and blocks have 1 to {MOST_BLOCK} bytes")));
    }
    let kind = match options.checksum {
        Checksum::Crc32 => ChecksumKind::Crc32,
        Checksum::Crc32c => ChecksumKind::Crc32c,
        Checksum::None => ChecksumKind::Unspecified,
    };
    let mut stream =
        Stream { to, options, kind, planes: &file.planes, at: 0, plan: Plan::default(), offsets: vec![], sizes: vec![], sums: vec![] };
    stream.put(MAGIC)?;
    let arrays = stream.head(file)?;
    for index in 0..stream.plan.total {
        let due = stream.plan.at(index);
        let raw = stream.bytes(&arrays[due.array], &due)?;
        stream.block(index, &due, raw)?;
    }
    stream.finish()
}

struct Stream<'f, W> {
    to: &'f mut W,
    options: BlockOptions,
    kind: ChecksumKind,
    planes: &'f [Planes],
    at: u64,
    plan: Plan,
    offsets: Vec<u64>,
    sizes: Vec<u32>,
    sums: Vec<u32>,
}

impl<W: Write> Stream<'_, W> {
    fn put(&mut self, raw: &[u8]) -> Result<()> {
        self.at += raw.len() as u64;
        Ok(self.to.write_all(raw)?)
    }

    /// Writes a message and its checksum. Gives that, and where the message begins.
    fn message(&mut self, mut body: Vec<u8>) -> Result<(u32, u64)> {
        let mut sum = 0;
        if self.kind != ChecksumKind::Unspecified {
            sum = checksum(self.kind, &body);
            body.push(0x7d);
            body.extend_from_slice(&sum.to_le_bytes());
        }
        if body.len() > MOST_BYTES {
            return Err(Error::new(format!("a message of {} bytes; write smaller blocks", body.len())));
        }
        let mut head = Vec::new();
        put_varint(&mut head, body.len() as u64);
        self.put(&head)?;
        let at = self.at;
        self.put(&body)?;
        Ok((sum, at))
    }

    fn send(&mut self, kind: Kind) -> Result<(u32, u64)> {
        self.message(StreamMessage { kind: Some(kind), checksum: None }.encode_to_vec())
    }

    fn planes_of(&self, array: &v1::Array) -> Result<Planes> {
        let planes = self.planes.get((array.data_buffer as usize).wrapping_sub(1));
        planes.cloned().ok_or_else(|| Error::new("an array without its data"))
    }

    /// Writes envelope and headers; gives the arrays.
    fn head(&mut self, file: &File) -> Result<Vec<(v1::Array, Planes)>> {
        let mut message = v1::File { content: file.message.content.clone(), ..Default::default() };
        let (mut arrays, mut shapes) = (Vec::new(), Vec::new());
        for (number, array) in outline(&mut message).into_iter().enumerate() {
            let planes = self.planes_of(array)?;
            let dtype = array.dtype.as_deref().ok_or_else(|| Error::new("an array has no dtype"))?;
            if has_objects(dtype) && !of_objects(dtype) {
                return Err(Error::new("records of objects are not defined"));
            }
            // It says whether the bytes are those of the shape.
            prepare(&mut array.clone(), &planes, MaskEncoding::Packed, &mut Vec::new())?;
            let fortran = array.order() == Order::F;
            let lengths = block_shape(&array.shape, fortran, dtype.itemsize, self.options.block_bytes.map(|bytes| bytes as u64));
            let runs = Runs::of(&array.shape, &lengths, fortran)?;
            self.plan.add(number, dtype, planes.mask.is_some(), runs, 0, LARGEST)?;
            shapes.push(v1::BlockShape { lengths });
            let objects = std::mem::take(&mut array.objects);
            arrays.push((v1::Array { objects, ..array.clone() }, planes));
        }
        let body = self.envelope(message, &arrays, shapes)?;
        let mut first = vec![0x0a];
        put_varint(&mut first, body.len() as u64);
        first.extend_from_slice(&body);
        wire::check(&first, 0, first.len(), &STREAM, 0)?; // how deep it is nested
        self.message(first)?;
        for (number, (array, _)) in arrays.iter().enumerate() {
            let dtype = array.dtype.as_deref().ok_or_else(|| Error::new("an array has no dtype"))?;
            let npy = npy::write(dtype, &array.shape, array.order() == Order::F)?.into();
            self.send(Kind::Header(v1::NpyHeader { array: number as u32, npy }))?;
        }
        Ok(arrays)
    }

    /// The envelope, whose arrays are without what their NPY headers say and without data.
    fn envelope(&self, mut message: v1::File, arrays: &[(v1::Array, Planes)], block_shapes: Vec<v1::BlockShape>) -> Result<Vec<u8>> {
        let own: Vec<*const v1::Array> = outline(&mut message).into_iter().map(|array| &raw const *array).collect();
        let mut buffers = Vec::new();
        content(&mut message, &mut |met| match met {
            Met::Array(array) if !own.contains(&(&raw const *array)) => {
                let planes = self.planes_of(array)?;
                prepare(array, &planes, MaskEncoding::Packed, &mut buffers)
            }
            _ => Ok(()),
        })?;
        for (array, (_, planes)) in outline(&mut message).into_iter().zip(arrays) {
            array.dtype.take_if(|dtype| npy::says_all(dtype));
            array.shape.clear();
            array.order = 0;
            array.data_buffer = 0;
            array.masked |= planes.mask.is_some();
            array.mask = planes.mask.is_some().then(v1::Mask::default);
        }
        let content = message.content.map(|content| match content {
            file::Content::Array(array) => envelope::Content::Array(array),
            file::Content::Bundle(bundle) => envelope::Content::Bundle(bundle),
        });
        let codec = if self.options.codec == Codec::Deflate { v1::Codec::Deflate } else { v1::Codec::None };
        let encoding = if self.options.mask == MaskEncoding::Raw { v1::MaskEncoding::Raw } else { v1::MaskEncoding::Packed };
        let envelope = v1::Envelope {
            magic: ENVELOPE_MAGIC,
            version: VERSION,
            headers: Some(arrays.len() as u64),
            blocks: Some(self.plan.total),
            codec: codec.into(),
            checksum: self.kind.into(),
            mask_encoding: encoding.into(),
            block_shapes,
            content,
            buffers: Vec::new(),
        };
        Ok(with_buffers(envelope.encode_to_vec(), &buffers, 11))
    }

    /// The uncompressed bytes of a block.
    fn bytes(&self, (array, planes): &(v1::Array, Planes), due: &Planned) -> Result<Bytes> {
        let dtype = array.dtype.as_deref().ok_or_else(|| Error::new("an array has no dtype"))?;
        let part = |unit: u64| (due.start * unit) as usize..((due.start + due.count) * unit) as usize;
        if due.plane == Plane::Mask {
            let encoding = if self.options.mask == MaskEncoding::Raw { v1::MaskEncoding::Raw } else { v1::MaskEncoding::Packed };
            return Ok(mask::encode(&planes.mask.as_deref().unwrap_or_default()[part(bools(dtype))], encoding).into());
        }
        if !of_objects(dtype) {
            return Ok(planes.data.slice(part(dtype.itemsize)));
        }
        let mut items = array.objects[part(1)].to_vec();
        let mut buffers = Vec::new();
        let mut meet = |met: Met<'_>| match met {
            Met::Array(inner) => {
                let planes = self.planes_of(inner)?;
                prepare(inner, &planes, MaskEncoding::Packed, &mut buffers)
            }
            _ => Ok(()),
        };
        items.iter_mut().try_for_each(|item| value(item, &mut meet))?;
        let raw = with_buffers(v1::Objects { items, buffers: Vec::new() }.encode_to_vec(), &buffers, 2);
        wire::check(&raw, 0, raw.len(), &OBJECTS, 0)?;
        Ok(raw.into())
    }

    fn block(&mut self, index: u64, due: &Planned, raw: Bytes) -> Result<()> {
        let length = raw.len() as u64;
        let mut data = raw;
        if self.options.codec == Codec::Deflate {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(&data)?;
            let made = encoder.finish()?;
            // Only what became shorter is kept.
            if made.len() < data.len() {
                data = made.into();
            }
        }
        let (start, count, array, plane) = (due.start, due.count, due.array as u32, due.plane.into());
        let (sum, at) = self.send(Kind::Block(v1::Block { index, array, plane, start, count, length, data }))?;
        self.offsets.push(at);
        self.sizes.push((self.at - at) as u32);
        self.sums.push(sum);
        Ok(())
    }

    /// Writes index and end.
    fn finish(&mut self) -> Result<()> {
        let (offsets, sizes) = (std::mem::take(&mut self.offsets), std::mem::take(&mut self.sizes));
        let (_, at) = self.send(Kind::Index(v1::Index { offsets, sizes, growths: Vec::new() }))?;
        let digest = Some(digest(self.kind, &self.sums));
        self.send(Kind::End(v1::End { blocks: Some(self.plan.total), index: Some(at), digest }))?;
        Ok(())
    }
}

fn with_buffers(mut out: Vec<u8>, buffers: &[Bytes], field: u8) -> Vec<u8> {
    for data in buffers {
        append(&mut out, data, Checksum::Crc32, field);
    }
    out
}
