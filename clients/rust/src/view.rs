//! Strided views.

use crate::dtype::{bools, elements, times};
use crate::error::{Error, Result};
use crate::numbers::{Element, Numbers};
use crate::v1::{self, DType, Order};

/// A strided view of the elements of an array and of their mask: nothing is copied. Slices, transposes and fields of it are views of the
/// same bytes.
#[derive(Clone, Debug)]
pub struct View<'a> {
    dtype: &'a DType,
    shape: Vec<usize>,
    data: &'a [u8],
    mask: Option<&'a [u8]>,
    data_at: isize,
    mask_at: isize,
    data_steps: Vec<isize>,
    mask_steps: Vec<isize>,
}

fn steps(shape: &[usize], unit: u64, order: Order) -> Vec<isize> {
    let mut out = vec![0; shape.len()];
    let mut step = unit as isize;
    for i in 0..shape.len() {
        let axis = if order == Order::F { i } else { shape.len() - 1 - i };
        out[axis] = step;
        step = step.saturating_mul(shape[axis] as isize);
    }
    out
}

impl<'a> View<'a> {
    pub(crate) fn new(dtype: &'a DType, message: &v1::Array, data: &'a [u8], mask: Option<&'a [u8]>) -> Result<Self> {
        let size = elements(&message.shape)?;
        if times(size, dtype.itemsize) != data.len() as u64 || mask.is_some_and(|mask| times(size, bools(dtype)) != mask.len() as u64) {
            return Err(Error::new(format!("shape {:?} is not that of the array's bytes or its mask", message.shape)));
        }
        let shape: Vec<usize> = message.shape.iter().map(|&n| n as usize).collect();
        let data_steps = steps(&shape, dtype.itemsize, message.order());
        let mask_steps = steps(&shape, bools(dtype), message.order());
        Ok(View { dtype, shape, data, mask, data_at: 0, mask_at: 0, data_steps, mask_steps })
    }

    /// The dtype of the elements.
    pub fn dtype(&self) -> &'a DType {
        self.dtype
    }

    /// The lengths of the axes.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Bytes from one element to the next on each axis.
    pub fn strides(&self) -> &[isize] {
        &self.data_steps
    }

    /// Whether there is a mask: without one nothing is masked.
    pub fn has_mask(&self) -> bool {
        self.mask.is_some()
    }

    /// The bytes of an element where they lie.
    ///
    /// # Panics
    /// On an index out of range, as a slice does.
    pub fn bytes(&self, index: &[usize]) -> &'a [u8] {
        let at = (self.data_at + self.place(index, &self.data_steps)) as usize;
        &self.data[at..at + self.dtype.itemsize as usize]
    }

    /// Whether an element is masked; a record is when all of its fields are.
    ///
    /// # Panics
    /// On an index out of range.
    pub fn is_masked(&self, index: &[usize]) -> bool {
        let at = (self.mask_at + self.place(index, &self.mask_steps)) as usize;
        let count = bools(self.dtype) as usize;
        self.mask.is_some_and(|mask| count > 0 && !mask[at..at + count].contains(&0))
    }

    fn place(&self, index: &[usize], steps: &[isize]) -> isize {
        assert_eq!(index.len(), self.shape.len(), "an index for each of the {} axes", self.shape.len());
        let mut at = 0;
        for (axis, &i) in index.iter().enumerate() {
            assert!(i < self.shape[axis], "index {i} is out of range for axis {axis} of length {}", self.shape[axis]);
            at += i as isize * steps[axis];
        }
        at
    }

    /// `count` elements of an axis, from `start` in steps that may be negative.
    pub fn slice(&self, axis: usize, start: usize, count: usize, step: isize) -> Result<View<'a>> {
        let length = *self.shape.get(axis).ok_or_else(|| Error::new(format!("there is no axis {axis}")))?;
        let last = count.checked_sub(1).map(|n| start as i128 + n as i128 * step as i128);
        if step == 0 || start > length || last.is_some_and(|last| start == length || last < 0 || last >= length as i128) {
            return Err(Error::new(format!("{count} elements from {start} in steps of {step}, of an axis of length {length}")));
        }
        let mut out = self.clone();
        out.shape[axis] = count;
        if count > 0 {
            out.data_at += start as isize * self.data_steps[axis];
            out.mask_at += start as isize * self.mask_steps[axis];
        }
        out.data_steps[axis] = self.data_steps[axis].saturating_mul(step);
        out.mask_steps[axis] = self.mask_steps[axis].saturating_mul(step);
        Ok(out)
    }

    /// The axes reversed.
    pub fn transpose(&self) -> View<'a> {
        let mut out = self.clone();
        out.shape.reverse();
        out.data_steps.reverse();
        out.mask_steps.reverse();
        out
    }

    /// One field of records. A sub-array field adds its axes at the end.
    pub fn field(&self, name: &str) -> Result<View<'a>> {
        let mut before = 0;
        for field in &self.dtype.fields {
            let Some(inner) = field.dtype.as_ref() else { continue };
            let shape: Vec<usize> = field.shape.iter().map(|&n| n as usize).collect();
            if field.name != name {
                before += times(elements(&field.shape)?, bools(inner)) as isize;
                continue;
            }
            let mut out = self.clone();
            out.dtype = inner;
            out.data_at += field.offset as isize;
            out.mask_at += before;
            out.data_steps.extend(steps(&shape, inner.itemsize, Order::C));
            out.mask_steps.extend(steps(&shape, bools(inner), Order::C));
            out.shape.extend(shape);
            return Ok(out);
        }
        Err(Error::new(format!("there is no field {name:?}")))
    }

    /// The elements as numbers of the Rust type that is the dtype's. It never converts: an error where it is another.
    pub fn numbers<T: Element>(&self) -> Result<Numbers<'a, T>> {
        Numbers::new(self.clone())
    }

    /// The index of every element, in C order.
    pub fn indices(&self) -> impl Iterator<Item = Vec<usize>> {
        let shape = self.shape.clone();
        let first = (!shape.contains(&0)).then(|| vec![0; shape.len()]);
        std::iter::successors(first, move |before| {
            let mut index = before.clone();
            for axis in (0..index.len()).rev() {
                index[axis] += 1;
                if index[axis] < shape[axis] {
                    return Some(index);
                }
                index[axis] = 0;
            }
            None
        })
    }
}
