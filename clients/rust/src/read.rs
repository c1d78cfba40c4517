//! Messages, checked, as a [`File`].

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use prost::Message;

use crate::dtype::{self, bools, elements, has_objects, of_objects, times};
use crate::error::{Error, Result};
use crate::file::{File, Planes};
use crate::schema::FILE;
use crate::v1::{self, value, BundleKind, ChecksumKind, FillValue, Kind, MaskEncoding, Order, Subclass, Value};
use crate::walk::{content, Met};
use crate::{mask, wire};

const HEAD: &[u8] = b"\rMSQ1";
pub(crate) const VERSION: u32 = 1;
const MOST_OF_NO_BYTES: u64 = (1 << 31) - 1;
const MOST_INTEGER_BYTES: usize = 4300 * 416 / 1000 + 8;

pub(crate) fn read(raw: Bytes) -> Result<File> {
    if !raw.starts_with(HEAD) {
        return Err(Error::at(0, "the file does not begin with File.magic, 0d 4d 53 51 31"));
    }
    wire::check(&raw, 0, raw.len(), &FILE, 0)?;
    let mut message = v1::File::decode(raw).map_err(|e| Error::new(format!("no message of this schema: {e}")))?;
    if message.version != VERSION {
        return Err(Error::new(format!("version {} of the schema; {VERSION} is known", message.version)));
    }
    let mut reader = Reader::new(std::mem::take(&mut message.buffers), Vec::new());
    content(&mut message, &mut |met| reader.meet(met))?;
    Ok(File { message, planes: reader.finish()? })
}

pub(crate) struct Reader {
    buffers: Vec<v1::Buffer>,
    taken: Vec<bool>,
    fields: usize,
    planes: Vec<Planes>,
}

fn wrong<T>(what: impl Into<String>) -> Result<T> {
    Err(Error::new(what))
}

impl Reader {
    /// `planes`: those that are there already.
    pub(crate) fn new(buffers: Vec<v1::Buffer>, planes: Vec<Planes>) -> Reader {
        let taken = vec![false; buffers.len()];
        Reader { buffers, taken, fields: 0, planes }
    }

    /// The planes of all arrays, once every buffer is used.
    pub(crate) fn finish(self) -> Result<Vec<Planes>> {
        match self.taken.iter().position(|taken| !taken) {
            Some(unused) => wrong(format!("no array uses buffer {}", unused + 1)),
            None => Ok(self.planes),
        }
    }

    pub(crate) fn meet(&mut self, met: Met<'_>) -> Result<()> {
        match met {
            Met::Array(array) => self.array(array),
            Met::DType(dtype) => dtype::check(dtype, &mut self.fields, 0),
            Met::Bundle(bundle) => check_bundle(bundle),
            Met::Value(value) => check_value(value),
            Met::Names(names) => check_names(names),
        }
    }

    fn take(&mut self, index: u32) -> Result<Bytes> {
        let place = (index as usize).wrapping_sub(1);
        let Some(buffer) = self.buffers.get_mut(place) else {
            return wrong(format!("buffer {index} of {} is not there", self.taken.len()));
        };
        if std::mem::replace(&mut self.taken[place], true) {
            return wrong(format!("buffer {index} is used twice"));
        }
        if buffer.padding.iter().any(|&byte| byte != 0) {
            return wrong("padding is not zero");
        }
        if let Some(sum) = &buffer.checksum {
            let (ChecksumKind::Crc32 | ChecksumKind::Crc32c, Some(value)) = (sum.kind(), sum.value) else {
                return wrong("a checksum lacks its kind or its value");
            };
            if checksum(sum.kind(), &buffer.data) != value {
                return wrong(format!("the checksum ({}) of buffer {index} is wrong", sum.kind().as_str_name()));
            }
        }
        Ok(std::mem::take(&mut buffer.data))
    }

    /// Checks what an array says of itself, its fill value included. Its number of elements.
    pub(crate) fn said(&mut self, array: &v1::Array) -> Result<u64> {
        let Some(dtype) = array.dtype.as_deref() else { return wrong("an array has no dtype") };
        if array.order() == Order::Unspecified {
            return wrong("an array does not say its order");
        }
        if array.dims.as_ref().is_some_and(|dims| dims.names.len() != array.shape.len()) {
            return wrong(format!("as many names as its {} axes are missing", array.shape.len()));
        }
        let extras = array.mask.is_some() || array.fill_value.is_some() || array.hard_mask || array.hidden_dropped;
        if !array.masked && (extras || array.data_subclass() != Subclass::Unspecified) {
            return wrong("an array that is not masked has a mask, a fill value or a hard mask");
        }
        if array.hidden_dropped && array.mask.is_none() {
            return wrong("values are hidden without a mask");
        }
        let size = elements(&array.shape)?;
        if dtype.itemsize == 0 && size > MOST_OF_NO_BYTES {
            return wrong(format!("{size} elements of no bytes"));
        }
        if let Some(fill) = &array.fill_value {
            self.check_fill(fill)?;
        }
        Ok(size)
    }

    fn array(&mut self, array: &mut v1::Array) -> Result<()> {
        let size = self.said(array)?;
        let Some(dtype) = array.dtype.as_deref() else { return wrong("an array has no dtype") };
        let data = if of_objects(dtype) { check_objects(array, dtype, size)? } else { self.data(array, dtype, size)? };
        let mask = array.mask.as_ref().map(|mask| self.mask(mask, dtype, size)).transpose()?;
        self.planes.push(Planes { data, mask });
        // From here on: where the array's planes are.
        array.data_buffer = self.planes.len() as u32;
        Ok(())
    }

    fn data(&mut self, array: &v1::Array, dtype: &v1::DType, size: u64) -> Result<Bytes> {
        if has_objects(dtype) {
            return wrong("records of objects are not defined");
        }
        if !array.objects.is_empty() {
            return wrong("an array of bytes has objects");
        }
        let data = self.take(array.data_buffer)?;
        let need = times(size, dtype.itemsize);
        if need != data.len() as u64 {
            return wrong(format!("shape {:?} takes {need} bytes, there are {}", array.shape, data.len()));
        }
        Ok(data)
    }

    fn mask(&mut self, said: &v1::Mask, dtype: &v1::DType, size: u64) -> Result<Vec<u8>> {
        let count = times(size, bools(dtype));
        if said.count != count {
            return wrong(format!("a mask of {} bools where there are {count}", said.count));
        }
        let runs = said.encoding() == MaskEncoding::RunLength;
        if runs && !of_objects(dtype) && count > times(size, dtype.itemsize) {
            return wrong("a run-length mask of more bools than the array has bytes of data");
        }
        let raw = self.take(said.buffer)?;
        if !runs && count > 8 * raw.len() as u64 {
            return wrong(format!("{} bytes hold no mask of {count} bools", raw.len()));
        }
        mask::decode(&raw, said.encoding(), count as usize)
    }

    fn check_fill(&mut self, fill: &FillValue) -> Result<()> {
        let Some(dtype) = fill.dtype.as_deref() else { return wrong("a fill value has no dtype") };
        dtype::check(dtype, &mut self.fields, 0)?;
        if of_objects(dtype) != fill.object.is_some() {
            return wrong("a fill value is an object where it should be bytes, or bytes where it should be an object");
        }
        if let Some(object) = &fill.object {
            return check_element(dtype, object);
        }
        if has_objects(dtype) || fill.data.len() as u64 != dtype.itemsize {
            return wrong(format!("a fill value of {} bytes has {}", dtype.itemsize, fill.data.len()));
        }
        Ok(())
    }
}

pub(crate) fn checksum(kind: ChecksumKind, data: &[u8]) -> u32 {
    match kind {
        ChecksumKind::Crc32 => crc32fast::hash(data),
        _ => crc32c::crc32c(data),
    }
}

fn check_objects(array: &v1::Array, dtype: &v1::DType, size: u64) -> Result<Bytes> {
    if array.data_buffer != 0 {
        return wrong("an array of objects has a data buffer");
    }
    if array.objects.len() as u64 != size {
        return wrong(format!("{size} elements, but {} objects", array.objects.len()));
    }
    array.objects.iter().try_for_each(|object| check_element(dtype, object))?;
    Ok(Bytes::new())
}

pub(crate) fn check_element(dtype: &v1::DType, object: &Value) -> Result<()> {
    match &object.kind {
        _ if dtype.kind() != Kind::String => Ok(()),
        Some(value::Kind::Text(_)) => Ok(()),
        Some(value::Kind::None(_)) if dtype.na_object.is_some() => Ok(()),
        _ => wrong("an element of a StringDType array is no text"),
    }
}

fn check_names(names: &[v1::Attribute]) -> Result<()> {
    let mut seen = HashSet::new();
    for one in names {
        if !seen.insert(one.name.as_str()) {
            return wrong(format!("the attribute {:?} comes twice", one.name));
        }
        if one.value.is_none() {
            return wrong(format!("the attribute {:?} has no value", one.name));
        }
    }
    Ok(())
}

fn check_bundle(bundle: &v1::Bundle) -> Result<()> {
    if bundle.kind() == BundleKind::Unspecified {
        return wrong("a bundle does not say what it is");
    }
    let count = bundle.entries.len() + bundle.attributes.len();
    let all = bundle.entries.iter().map(|one| &one.name).chain(bundle.attributes.iter().map(|one| &one.name));
    let mut names = HashMap::new();
    for name in all {
        let counted = name.parse::<usize>().is_ok_and(|n| n < count && n.to_string() == *name);
        if names.insert(name.as_str(), counted).is_some() {
            return wrong(format!("the name {name:?} comes twice"));
        }
    }
    if bundle.kind() != BundleKind::Dict && names.values().any(|counted| !counted) {
        return wrong("items of a list or tuple are called 0, 1, and so on");
    }
    match bundle.keys.iter().find(|key| !names.contains_key(key.name.as_str())) {
        Some(key) => wrong(format!("a key belongs to nothing: {:?}", key.name)),
        None => Ok(()),
    }
}

fn check_value(value: &Value) -> Result<()> {
    match &value.kind {
        Some(value::Kind::None(false)) => wrong("a value is not None and nothing else"),
        Some(value::Kind::BigInteger(raw)) if raw.len() > MOST_INTEGER_BYTES => wrong(format!("an integer of {} bytes", raw.len())),
        Some(value::Kind::BigInteger(raw)) if is_small(raw) => wrong("a big integer is a small one"),
        Some(value::Kind::Dict(dict)) => {
            let mut keys = HashSet::new();
            for item in &dict.items {
                let (Some(key), Some(_)) = (&item.key, &item.value) else {
                    return wrong("an item of a dict lacks its key or its value");
                };
                // The same kind and bits: a plainer notion than Python's.
                if !keys.insert(key.encode_to_vec()) {
                    return wrong("a dict has a key twice");
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Whether two's complement, most significant byte first, fits 64 bits.
fn is_small(raw: &[u8]) -> bool {
    let (high, low) = raw.split_at(raw.len().saturating_sub(8));
    let sign = if low.first().is_some_and(|&byte| byte > 127) { 255 } else { 0 };
    high.iter().all(|&byte| byte == sign)
}
