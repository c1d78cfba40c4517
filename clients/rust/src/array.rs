//! One array.

use bytes::Bytes;

use crate::dtype::{elements, of_objects};
use crate::error::{Error, Result};
use crate::numbers::{dtype_of, Element};
use crate::v1::{self, ByteOrder, FillValue, Order};
use crate::view::View;

/// An array: what it says of itself, its bytes and its mask.
#[derive(Clone, Debug)]
pub struct Array {
    /// Dtype, shape, order, fill value, attributes, names of axes, objects.
    pub message: v1::Array,
    /// The bytes of the elements in `message.order`, in the byte order of the dtype. None for arrays of objects.
    pub data: Bytes,
    /// A byte for each bool, not 0 where masked, in the order of the data; for records one for each field. None: no mask at all.
    pub mask: Option<Vec<u8>>,
}

impl Array {
    /// A plain array in C order of numbers, written little-endian.
    pub fn new<T: Element>(shape: &[usize], values: &[T]) -> Result<Array> {
        let shape: Vec<u64> = shape.iter().map(|&n| n as u64).collect();
        if elements(&shape)? != values.len() as u64 {
            return Err(Error::new(format!("shape {shape:?} is not that of {} elements", values.len())));
        }
        let dtype = Some(Box::new(dtype_of::<T>()));
        let message = v1::Array { dtype, shape, order: Order::C.into(), ..Default::default() };
        let mut data = Vec::new();
        values.iter().for_each(|value| value.put(&mut data));
        Ok(Array { message, data: data.into(), mask: None })
    }

    /// The same array with a mask, true where masked.
    pub fn with_mask(mut self, mask: &[bool]) -> Result<Array> {
        if elements(&self.message.shape)? != mask.len() as u64 {
            return Err(Error::new(format!("a mask of {} bools for shape {:?}", mask.len(), self.message.shape)));
        }
        self.message.masked = true;
        self.mask = Some(mask.iter().map(|&masked| masked.into()).collect());
        Ok(self)
    }

    /// The same array as a masked one without a mask: NumPy's nomask.
    pub fn without_mask(mut self) -> Array {
        self.message.masked = true;
        self.mask = None;
        self
    }

    /// The same array, masked, with a fill value.
    pub fn with_fill<T: Element>(mut self, fill: T) -> Array {
        let mut data = Vec::new();
        fill.put(&mut data);
        let dtype = Some(Box::new(dtype_of::<T>()));
        self.message.masked = true;
        self.message.fill_value = Some(Box::new(FillValue { dtype, data: data.into(), object: None }));
        self
    }

    /// The fill value as a number, where one of that type was set.
    pub fn fill<T: Element>(&self) -> Option<T> {
        let fill = self.message.fill_value.as_ref()?;
        let dtype = fill.dtype.as_ref().filter(|dtype| dtype.kind() == T::KIND)?;
        Some(T::get(&fill.data, dtype.byte_order() == ByteOrder::Big))
    }

    /// A strided view of the whole array. There is none of arrays of objects, whose elements are `message.objects`.
    pub fn view(&self) -> Result<View<'_>> {
        match &self.message.dtype {
            Some(dtype) if !of_objects(dtype) => View::new(dtype, &self.message, &self.data, self.mask.as_deref()),
            _ => Err(Error::new("an array of objects has no bytes; its elements are in message.objects")),
        }
    }
}
