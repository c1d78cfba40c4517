//! Reading streams of blocks, `.mqb`.

use std::io::{Read, Seek};

use bytes::Bytes;
use prost::Message;

use crate::dtype::{bools, elements, has_objects, of_objects, times};
use crate::error::{Error, Result};
use crate::file::{File, Planes};
use crate::frames::{digest, Frame, Frames, MAGIC};
use crate::plan::{Plan, Planned, Runs};
use crate::read::{check_element, Reader, VERSION};
use crate::schema::OBJECTS;
use crate::v1::{self, entry, envelope, file, stream_message::Kind, ChecksumKind, Codec, DType, MaskEncoding, Order, Plane};
use crate::walk::{content, value, Met};
use crate::write::MOST_BYTES;
use crate::{mask, npy, wire};

pub(crate) const ENVELOPE_MAGIC: u32 = 0x3142_514d;
/// Bytes of an array that is read whole, at most.
const MOST_WHOLE: u64 = (1 << 32) - 1;
const MOST_OF_NO_BYTES: u64 = (1 << 31) - 1;

/// A file of blocks that is read by parts: envelope and headers are, blocks when they are asked for. Each is verified when it is read.
pub struct BlockFile<R> {
    frames: Frames<R>,
    envelope: v1::Envelope,
    /// The content, its arrays complete but for data, mask and objects.
    message: v1::File,
    /// Of the arrays within attributes and dtypes.
    planes: Vec<Planes>,
    arrays: Vec<Outline>,
    plan: Plan,
    /// Where the message of each block is, and its bytes. No bytes: nowhere yet.
    places: Vec<(u64, u32)>,
    body: u64,
}

/// What blocks need to know of an array.
struct Outline {
    dtype: DType,
    shape: Vec<u64>,
    fortran: bool,
    masked: bool,
}

fn wrong<T>(what: impl Into<String>) -> Result<T> {
    Err(Error::new(what))
}

pub(crate) fn whole<R: Read + Seek>(source: R) -> Result<File> {
    let mut file = BlockFile::begin(source)?;
    file.scan()?;
    file.whole()
}

/// The arrays of a content, in order.
pub(crate) fn outline(message: &mut v1::File) -> Vec<&mut v1::Array> {
    fn within<'b>(bundle: &'b mut v1::Bundle, into: &mut Vec<&'b mut v1::Array>) {
        for entry in &mut bundle.entries {
            match &mut entry.member {
                Some(entry::Member::Array(array)) => into.push(array),
                Some(entry::Member::Bundle(inner)) => within(inner, into),
                None => {}
            }
        }
    }
    let mut out = Vec::new();
    match &mut message.content {
        Some(file::Content::Array(array)) => out.push(array),
        Some(file::Content::Bundle(bundle)) => within(bundle, &mut out),
        None => {}
    }
    out
}

impl<R: Read + Seek> BlockFile<R> {
    /// Opens a file by its index, or reads it once where it has none.
    pub fn open(source: R) -> Result<BlockFile<R>> {
        let mut file = BlockFile::begin(source)?;
        if !file.by_index()? {
            file.scan()?;
        }
        Ok(file)
    }

    /// How many arrays there are.
    pub fn len(&self) -> usize {
        self.arrays.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.arrays.is_empty()
    }

    /// The shape of an array, with all growths.
    ///
    /// # Panics
    /// Where there is no such array.
    pub fn shape(&self, array: usize) -> &[u64] {
        &self.arrays[array].shape
    }

    fn begin(source: R) -> Result<BlockFile<R>> {
        let mut frames = Frames::new(source)?;
        if frames.bytes(0, frames.size.min(MAGIC.len() as u64))? != MAGIC {
            return Err(Error::at(0, r"no stream of blocks: it does not begin with \x89MQB\r\n\x1a\n"));
        }
        let mut next = MAGIC.len() as u64;
        let Kind::Envelope(mut envelope) = frames.message(&mut next)?.kind else { return wrong("the first message is no envelope") };
        if envelope.magic != ENVELOPE_MAGIC || envelope.version != VERSION {
            return wrong(format!("version {} of streams; {VERSION} is known", envelope.version));
        }
        if !matches!(envelope.codec(), Codec::None | Codec::Deflate) {
            let name = envelope.codec().as_str_name();
            return wrong(format!("blocks compressed by {name}, which is not read here; write them with deflate"));
        }
        if !matches!(envelope.mask_encoding(), MaskEncoding::Raw | MaskEncoding::Packed) {
            return wrong("the envelope lacks its encoding of masks");
        }
        let content = match envelope.content.take() {
            Some(envelope::Content::Array(array)) => file::Content::Array(array),
            Some(envelope::Content::Bundle(bundle)) => file::Content::Bundle(bundle),
            None => return wrong("the envelope has no content"),
        };
        let mut message = v1::File { content: Some(content), ..Default::default() };
        let said = outline(&mut message);
        if envelope.headers != Some(said.len() as u64) || envelope.block_shapes.len() != said.len() {
            return wrong(format!("as many headers and shapes of blocks as the {} arrays are missing", said.len()));
        }
        let mut arrays = Vec::new();
        for (number, array) in said.into_iter().enumerate() {
            arrays.push(header(&mut frames, &mut next, number, array)?);
        }
        let mut file =
            BlockFile { frames, envelope, message, planes: Vec::new(), arrays, plan: Plan::default(), places: Vec::new(), body: next };
        file.check()?;
        Ok(file)
    }

    /// Holds envelope and headers to what every file is held to, and makes the plan.
    fn check(&mut self) -> Result<()> {
        let own: Vec<*const v1::Array> = outline(&mut self.message).into_iter().map(|array| &raw const *array).collect();
        let mut reader = Reader::new(std::mem::take(&mut self.envelope.buffers), Vec::new());
        content(&mut self.message, &mut |met| match met {
            Met::Array(array) if own.contains(&(&raw const *array)) => {
                if array.dtype.as_deref().is_some_and(|dtype| has_objects(dtype) && !of_objects(dtype)) {
                    return wrong("records of objects are not defined");
                }
                reader.said(array).map(|_| ())
            }
            met => reader.meet(met),
        })?;
        self.planes = reader.finish()?;
        for number in 0..self.arrays.len() {
            let shape = self.arrays[number].shape.clone();
            self.add(number, &shape, 0)?;
        }
        match self.envelope.blocks {
            Some(said) if said != self.plan.total => wrong(format!("{said} blocks are announced, the arrays have {}", self.plan.total)),
            _ => Ok(()),
        }
    }

    fn add(&mut self, number: usize, part: &[u64], start: u64) -> Result<()> {
        let array = &self.arrays[number];
        let runs = Runs::of(part, &self.envelope.block_shapes[number].lengths, array.fortran)?;
        self.plan.add(number, &array.dtype, array.masked, runs, start, self.frames.size)
    }

    fn grow(&mut self, growth: &v1::Growth) -> Result<()> {
        let number = growth.array as usize;
        let Some(array) = self.arrays.get_mut(number) else { return wrong(format!("array {number} grows, which is not there")) };
        let before = elements(&array.shape)?;
        let slowest = if array.fortran { array.shape.last_mut() } else { array.shape.first_mut() };
        let Some(length) = slowest.filter(|length| growth.length >= **length) else {
            return wrong(format!("array {number} grows to {}", growth.length));
        };
        let added = growth.length - std::mem::replace(length, growth.length);
        if elements(&array.shape)? > MOST_OF_NO_BYTES && array.dtype.itemsize == 0 {
            return wrong("so many elements of no bytes");
        }
        let mut part = array.shape.clone();
        let slowest = if array.fortran { part.last_mut() } else { part.first_mut() };
        *slowest.expect("an axis") = added;
        self.add(number, &part, before)
    }

    /// Reads every message once, in order, and holds them to what is due. Blocks may come in any order.
    fn scan(&mut self) -> Result<()> {
        let mut next = self.body;
        let (mut sums, mut growths): (Vec<u32>, Vec<v1::Growth>) = (Vec::new(), Vec::new());
        let (mut here, mut index_at, mut ended) = (0, 0, false);
        while next < self.frames.size || !ended {
            let Frame { kind, at, bytes, sum } = self.frames.message(&mut next)?;
            let place = at as usize;
            match kind {
                Kind::Block(block) => {
                    let index = block.index;
                    if ended || index >= self.plan.total {
                        return Err(Error::at(place, format!("a block that is not due: {index} of {}", self.plan.total)));
                    }
                    let slot = index as usize;
                    if self.places.len() <= slot {
                        self.places.resize(slot + 1, (0, 0));
                        sums.resize(slot + 1, 0);
                    }
                    if self.places[slot].1 != 0 {
                        return Err(Error::at(place, format!("block {index} comes twice")));
                    }
                    self.due(&block, index, at)?;
                    self.places[slot] = (at, bytes as u32);
                    sums[slot] = sum;
                    (here, index_at) = (here + 1, 0);
                }
                // Before the other blocks, too: so they travel.
                Kind::Growth(growth) if ended || index_at == 0 => {
                    self.grow(&growth)?;
                    growths.push(growth);
                    (ended, index_at) = (false, 0);
                }
                Kind::Index(index) if !ended && here == self.plan.total && index_at == 0 => {
                    let found = index.offsets.iter().copied().zip(index.sizes.iter().copied());
                    if index.offsets.len() != index.sizes.len() || !found.eq(self.places.iter().copied()) || index.growths != growths {
                        return Err(Error::at(place, "the index tells of other blocks than there are"));
                    }
                    index_at = at;
                }
                Kind::End(end) if !ended => {
                    if here < self.plan.total {
                        let first = self.places.iter().position(|place| place.1 == 0).unwrap_or(self.places.len());
                        return wrong(format!("{} blocks are missing, block {first} among them", self.plan.total - here));
                    }
                    self.check_end(&end, at)?;
                    if end.digest() != digest(self.frames.sums, &sums) {
                        return Err(Error::at(place, "the digest of all blocks is not that of the end"));
                    }
                    if end.index() != 0 && end.index() != index_at {
                        return Err(Error::at(place, format!("the end has the index at byte {}", end.index())));
                    }
                    ended = true;
                }
                _ => return Err(Error::at(place, "a message that is not due")),
            }
        }
        Ok(())
    }

    fn check_end(&self, end: &v1::End, at: u64) -> Result<()> {
        if end.index.is_none() || end.digest.is_none() || end.blocks != Some(self.plan.total) {
            let what = format!("the end tells of {} blocks, the arrays have {}", end.blocks(), self.plan.total);
            return Err(Error::at(at as usize, what));
        }
        Ok(())
    }

    /// Finds the blocks by the index at the end. False: there is none.
    fn by_index(&mut self) -> Result<bool> {
        let tail = if self.frames.sums == ChecksumKind::Unspecified { 26 } else { 31 };
        let at = self.frames.size.saturating_sub(tail);
        let wrong = |what: &str| Err(Error::at(at as usize, what));
        if at < self.body {
            return wrong("the stream is cut off: there is no end");
        }
        let mut next = at;
        let end = match self.frames.message(&mut next) {
            Ok(Frame { kind: Kind::End(end), .. }) if next == self.frames.size => end,
            Err(Error::Io(error)) => return Err(Error::Io(error)),
            _ => return wrong("the stream does not end with an end: writing it was interrupted"),
        };
        if end.index() == 0 {
            return Ok(false);
        }
        if end.index() < self.body || end.index() >= at {
            return wrong("the index lies outside the file");
        }
        let found = self.frames.message_at(end.index(), at - end.index())?;
        let Kind::Index(index) = found.kind else { return wrong("the index is not where the end has it") };
        for growth in &index.growths {
            self.grow(growth)?;
        }
        self.check_end(&end, at)?;
        if index.offsets.len() as u64 != self.plan.total || index.sizes.len() != index.offsets.len() {
            return wrong("the index has another number of blocks than the arrays");
        }
        for (&offset, &size) in index.offsets.iter().zip(&index.sizes) {
            if offset < self.body || offset.saturating_add(size.into()) > at {
                return wrong("the index has a block outside the file");
            }
            self.places.push((offset, size));
        }
        Ok(true)
    }

    /// Holds a block to the plan.
    fn due(&self, block: &v1::Block, index: u64, at: u64) -> Result<Planned> {
        let due = self.plan.at(index);
        let wrong = |what: String| Err(Error::at(at as usize, format!("block {index} {what}")));
        let said = (block.index, block.array as usize, block.plane(), block.start, block.count);
        if said != (index, due.array, due.plane, due.start, due.count) {
            return wrong(format!(
                "is not {} elements from {} of the {} of array {}",
                due.count,
                due.start,
                due.plane.as_str_name(),
                due.array
            ));
        }
        if self.need(&due).is_some_and(|need| need != block.length) {
            return wrong(format!("has {} bytes, which are too many or too few", block.length));
        }
        let held = block.data.len() as u64;
        if held > block.length || block.length > MOST_BYTES as u64 || (held < block.length && self.envelope.codec() == Codec::None) {
            return wrong(format!("of {} bytes has {held}", block.length));
        }
        Ok(due)
    }

    /// Bytes of a block uncompressed; none for objects, whose size nobody knows.
    fn need(&self, due: &Planned) -> Option<u64> {
        let dtype = &self.arrays[due.array].dtype;
        if due.plane == Plane::Data {
            return (!of_objects(dtype)).then(|| times(due.count, dtype.itemsize));
        }
        let count = times(due.count, bools(dtype));
        Some(if self.envelope.mask_encoding() == MaskEncoding::Packed { count.div_ceil(8) } else { count })
    }

    /// Reads, verifies and uncompresses one block.
    fn block(&mut self, index: u64) -> Result<(Bytes, Planned)> {
        let (at, bytes) = self.places[index as usize];
        let Kind::Block(block) = self.frames.message_at(at, bytes.into())?.kind else {
            return Err(Error::at(at as usize, format!("the index has block {index} where none is")));
        };
        let due = self.due(&block, index, at)?;
        if block.data.len() as u64 == block.length {
            return Ok((block.data, due));
        }
        let raw = inflate(&block.data, block.length);
        let wrong = || Error::at(at as usize, format!("block {index} is no zlib stream of {} bytes", block.length));
        Ok((raw.ok_or_else(wrong)?.into(), due))
    }

    fn bools(&self, raw: &[u8], due: &Planned) -> Result<Vec<u8>> {
        let count = times(due.count, bools(&self.arrays[due.array].dtype));
        mask::decode(raw, self.envelope.mask_encoding(), count as usize)
    }

    /// The bytes of `count` elements of an array, from element `start` in memory order, and their bools of a byte each (none where there is no
    /// mask). Only the blocks they lie in are read. Arrays of objects have no bytes.
    pub fn read(&mut self, array: usize, start: u64, count: u64) -> Result<(Vec<u8>, Option<Vec<u8>>)> {
        let Some(outline) = self.arrays.get(array) else { return wrong(format!("there is no array {array}")) };
        let size = elements(&outline.shape)?;
        let (itemsize, each) = (outline.dtype.itemsize, bools(&outline.dtype));
        if of_objects(&outline.dtype) {
            return wrong("an array of objects has no bytes; read the file whole");
        }
        if start.checked_add(count).is_none_or(|end| end > size) {
            return wrong(format!("{count} elements from {start} of an array of {size}"));
        }
        if times(count, itemsize.max(each)) > MOST_WHOLE {
            return wrong(format!("{count} elements at once are more than {MOST_WHOLE} bytes"));
        }
        let mut data = Vec::new();
        let mut flags = outline.masked.then(Vec::new);
        for index in self.plan.with(array, start, count) {
            let (raw, due) = self.block(index)?;
            let from = start.max(due.start) - due.start;
            let to = (start + count).min(due.start + due.count) - due.start;
            let part = |unit: u64| (from * unit) as usize..(to * unit) as usize;
            match &mut flags {
                Some(flags) if due.plane == Plane::Mask => flags.extend_from_slice(&self.bools(&raw, &due)?[part(each)]),
                _ => data.extend_from_slice(&raw[part(itemsize)]),
            }
        }
        Ok((data, flags))
    }

    /// Reads all blocks and gives what the file holds.
    pub fn whole(mut self) -> Result<File> {
        let mut found = Vec::new();
        for number in 0..self.arrays.len() {
            let size = elements(&self.arrays[number].shape)?;
            found.push(if of_objects(&self.arrays[number].dtype) {
                self.objects(number, size)?
            } else {
                let (data, mask) = self.read(number, 0, size)?;
                (Planes { data: data.into(), mask }, Vec::new())
            });
        }
        let shapes: Vec<Vec<u64>> = self.arrays.into_iter().map(|array| array.shape).collect();
        for ((array, (planes, objects)), shape) in outline(&mut self.message).into_iter().zip(found).zip(shapes) {
            self.planes.push(planes);
            array.data_buffer = self.planes.len() as u32;
            array.objects = objects;
            array.shape = shape;
        }
        Ok(File { message: self.message, planes: self.planes })
    }

    fn objects(&mut self, number: usize, size: u64) -> Result<(Planes, Vec<v1::Value>)> {
        let mut flags = self.arrays[number].masked.then(Vec::new);
        let mut items = Vec::new();
        for index in self.plan.with(number, 0, size) {
            let (raw, due) = self.block(index)?;
            if due.plane == Plane::Mask {
                let more = self.bools(&raw, &due)?;
                flags.get_or_insert_default().extend(more);
                continue;
            }
            wire::check(&raw, 0, raw.len(), &OBJECTS, 0)?;
            let mut found = v1::Objects::decode(raw).map_err(|e| Error::new(format!("no message of this schema: {e}")))?;
            if found.items.len() as u64 != due.count {
                return wrong(format!("a block of {} objects has {}", due.count, found.items.len()));
            }
            let mut reader = Reader::new(found.buffers, std::mem::take(&mut self.planes));
            found.items.iter_mut().try_for_each(|item| value(item, &mut |met| reader.meet(met)))?;
            self.planes = reader.finish()?;
            found.items.iter().try_for_each(|item| check_element(&self.arrays[number].dtype, item))?;
            items.extend(found.items);
        }
        Ok((Planes { data: Bytes::new(), mask: flags }, items))
    }
}

/// Reads the NPY header of an array, and completes what the envelope says of it.
fn header<R: Read + Seek>(frames: &mut Frames<R>, next: &mut u64, number: usize, array: &mut v1::Array) -> Result<Outline> {
    let frame = frames.message(next)?;
    let said = match frame.kind {
        Kind::Header(said) if said.array as usize == number => said,
        _ => return Err(Error::at(frame.at as usize, format!("header {number} is due, and something else comes"))),
    };
    if !array.shape.is_empty() || array.order() != Order::Unspecified || !array.objects.is_empty() || array.data_buffer != 0 {
        return wrong("an array of a stream has its shape, order or data in the envelope");
    }
    if array.mask.as_ref().is_some_and(|mask| *mask != v1::Mask::default()) {
        return wrong("a mask of a stream is in the envelope");
    }
    let found = npy::read(&said.npy)?;
    let dtype = match array.dtype.take() {
        None => found.dtype,
        Some(dtype) if npy::agrees(&found.dtype, &dtype)? => *dtype,
        Some(_) => return wrong("an NPY header has another dtype than the envelope says"),
    };
    array.dtype = Some(Box::new(dtype.clone()));
    array.shape.clone_from(&found.shape);
    array.set_order(if found.fortran { Order::F } else { Order::C });
    Ok(Outline { dtype, shape: found.shape, fortran: found.fortran, masked: array.mask.is_some() })
}

/// Exactly `length` bytes, which take memory as they come.
fn inflate(data: &[u8], length: u64) -> Option<Vec<u8>> {
    let mut decoder = flate2::bufread::ZlibDecoder::new(data);
    let mut out = Vec::new();
    // One byte more, so that its end and its checksum are read.
    (&mut decoder).take(length + 1).read_to_end(&mut out).ok()?;
    (out.len() as u64 == length && decoder.total_in() == data.len() as u64).then_some(out)
}
