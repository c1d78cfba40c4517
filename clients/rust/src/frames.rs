//! The messages of a file of blocks.

use std::io::{Read, Seek, SeekFrom};

use prost::Message;

use crate::error::{Error, Result};
use crate::read::checksum;
use crate::schema::STREAM;
use crate::v1::{stream_message::Kind, ChecksumKind, StreamMessage};
use crate::wire;
use crate::write::MOST_BYTES;

pub(crate) const MAGIC: &[u8] = b"\x89MQB\r\n\x1a\n";
/// Bytes read at once, where there are as many.
const AHEAD: u64 = 1 << 16;
const SEAL: usize = 5;

/// One message, verified.
pub(crate) struct Frame {
    pub kind: Kind,
    /// Where it begins, its length not counted to it, and its bytes.
    pub at: u64,
    pub bytes: u64,
    pub sum: u32,
}

pub(crate) struct Frames<R> {
    source: R,
    pub size: u64,
    /// Of every message, once the envelope has been read.
    pub sums: ChecksumKind,
    held: Vec<u8>,
    from: u64,
}

impl<R: Read + Seek> Frames<R> {
    pub fn new(mut source: R) -> Result<Frames<R>> {
        let size = source.seek(SeekFrom::End(0))?;
        Ok(Frames { source, size, sums: ChecksumKind::Unspecified, held: Vec::new(), from: 0 })
    }

    /// So many bytes of the file, which must be there.
    pub fn bytes(&mut self, at: u64, length: u64) -> Result<&[u8]> {
        let left = self.size.saturating_sub(at);
        if length > left {
            let what = format!("the stream is cut off: {length} bytes are said to follow, there are {left}");
            return Err(Error::at(self.size as usize, what));
        }
        if at < self.from || at + length > self.from + self.held.len() as u64 {
            self.held.resize(length.max(AHEAD.min(left)) as usize, 0);
            self.from = at;
            self.source.seek(SeekFrom::Start(at))?;
            self.source.read_exact(&mut self.held)?;
        }
        let start = (at - self.from) as usize;
        Ok(&self.held[start..start + length as usize])
    }

    /// The message whose length is at `next`, which moves behind it.
    pub fn message(&mut self, next: &mut u64) -> Result<Frame> {
        let from = *next;
        let left = self.size.saturating_sub(from).min(5);
        if left == 0 {
            return Err(Error::at(self.size as usize, "the stream is cut off: there is no end"));
        }
        let head = self.bytes(from, left)?;
        let wrong = || Error::at(from as usize, "a message has no length, or one that is cut off or too long");
        let (size, start) = wire::varint(head, 0, head.len()).map_err(|_| wrong())?;
        if size == 0 || size > MOST_BYTES as u64 {
            return Err(wrong());
        }
        let at = from + start as u64;
        *next = at + size;
        self.message_at(at, size)
    }

    /// The message of so many bytes at a place. Its checksum is verified before anything else is done with it.
    pub fn message_at(&mut self, at: u64, size: u64) -> Result<Frame> {
        let sums = self.sums;
        let raw = self.bytes(at, size)?;
        let first = at <= MAGIC.len() as u64 + 5;
        let mut sum = if first { 0 } else { verified(sums, raw, at)? };
        wire::check(raw, 0, raw.len(), &STREAM, 0).map_err(|e| e.moved(at))?;
        let message = StreamMessage::decode(raw).map_err(|e| Error::at(at as usize, format!("no message of this schema: {e}")))?;
        let Some(kind) = message.kind else { return Err(Error::at(at as usize, "a message is nothing at all")) };
        if first {
            // Its checksum is of the kind that it says itself.
            let own = if let Kind::Envelope(envelope) = &kind { envelope.checksum() } else { ChecksumKind::Unspecified };
            sum = verified(own, raw, at)?;
            self.sums = own;
        }
        if message.checksum.is_some() != (self.sums != ChecksumKind::Unspecified) {
            return Err(Error::at(at as usize, "a message with a checksum where there are none, or without"));
        }
        Ok(Frame { kind, at, bytes: size, sum })
    }
}

fn verified(kind: ChecksumKind, raw: &[u8], at: u64) -> Result<u32> {
    if kind == ChecksumKind::Unspecified {
        return Ok(0);
    }
    let Some((body, [0x7d, seal @ ..])) = raw.len().checked_sub(SEAL).map(|end| raw.split_at(end)) else {
        return Err(Error::at(at as usize, "a message has no checksum where it should be"));
    };
    let sum = checksum(kind, body);
    if sum.to_le_bytes() == seal {
        Ok(sum)
    } else {
        Err(Error::at(at as usize, format!("the checksum ({}) of a message is wrong", kind.as_str_name())))
    }
}

pub(crate) fn digest(kind: ChecksumKind, sums: &[u32]) -> u32 {
    let bytes: Vec<u8> = sums.iter().flat_map(|sum| sum.to_le_bytes()).collect();
    if kind == ChecksumKind::Unspecified {
        0
    } else {
        checksum(kind, &bytes)
    }
}
