//! Which blocks a stream has (BLOCKS.md, "Which blocks there are").

use crate::dtype::{bools, times};
use crate::error::{Error, Result};
use crate::v1::{DType, Plane};
use crate::wire::LARGEST;

/// What a block must be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planned {
    pub array: usize,
    pub plane: Plane,
    pub start: u64,
    pub count: u64,
}

/// `outer` times the pieces of `most` rows out of `rows`, a row being `inner` elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Runs {
    outer: u64,
    rows: u64,
    most: u64,
    inner: u64,
    pieces: u64,
}

impl Runs {
    pub fn of(shape: &[u64], lengths: &[u64], fortran: bool) -> Result<Runs> {
        let wrong = || Error::new(format!("blocks of shape {lengths:?} are no runs of memory of {shape:?}"));
        if lengths.len() != shape.len() {
            return Err(wrong());
        }
        let mut fast: Vec<(u64, u64)> = shape.iter().copied().zip(lengths.iter().copied()).collect();
        if !fortran {
            fast.reverse();
        }
        let (mut inner, mut i) = (1, 0);
        while i + 1 < fast.len() && fast[i].1 == fast[i].0.max(1) {
            inner *= fast[i].0;
            i += 1;
        }
        let (rows, most) = fast.get(i).copied().unwrap_or((1, 1));
        let slower = fast.get(i + 1..).unwrap_or_default();
        if !(1..=LARGEST).contains(&most) || slower.iter().any(|&(_, length)| length != 1) || (!slower.is_empty() && most > rows.max(1)) {
            return Err(wrong());
        }
        let outer = slower.iter().map(|&(n, _)| n).product();
        let pieces = if shape.contains(&0) { 0 } else { rows.div_ceil(most) };
        Ok(Runs { outer, rows, most, inner, pieces })
    }

    fn at(&self, number: u64) -> (u64, u64) {
        let row = number % self.pieces * self.most;
        ((number / self.pieces * self.rows + row) * self.inner, self.most.min(self.rows - row) * self.inner)
    }

    /// The run in which an element lies.
    fn of_element(&self, element: u64) -> u64 {
        let row = element / self.inner;
        row / self.rows * self.pieces + row % self.rows / self.most
    }
}

/// What was added to an array at once: the whole of it at first, then each growth.
#[derive(Clone, Debug)]
struct Segment {
    array: usize,
    first: u64,
    blocks: u64,
    start: u64,
    runs: Runs,
    planes: Vec<Plane>,
}

/// All blocks of a stream, by arithmetic: nothing is held for a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    segments: Vec<Segment>,
    pub total: u64,
}

impl Plan {
    /// Adds the blocks of a part of an array, which begins at element `start`. There are at most so many blocks in all.
    pub fn add(&mut self, array: usize, dtype: &DType, masked: bool, runs: Runs, start: u64, most: u64) -> Result<()> {
        let mut planes = Vec::new();
        if dtype.itemsize > 0 {
            planes.push(Plane::Data);
        }
        if masked && bools(dtype) > 0 {
            planes.push(Plane::Mask);
        }
        let blocks = times(times(runs.outer, runs.pieces), planes.len() as u64);
        // Every block takes some bytes: what cannot be there is not counted.
        if blocks > most || self.total + blocks > most {
            return Err(Error::new(format!("{blocks} blocks, more than there is room for")));
        }
        self.segments.push(Segment { array, first: self.total, blocks, start, runs, planes });
        self.total += blocks;
        Ok(())
    }

    /// Block number `index`, which there must be.
    pub fn at(&self, index: u64) -> Planned {
        let number = self.segments.partition_point(|segment| segment.first + segment.blocks <= index);
        let segment = &self.segments[number];
        let within = index - segment.first;
        let planes = segment.planes.len() as u64;
        let (start, count) = segment.runs.at(within / planes);
        Planned { array: segment.array, plane: segment.planes[(within % planes) as usize], start: segment.start + start, count }
    }

    /// The numbers of the blocks in which elements of an array lie, in order.
    pub fn with(&self, array: usize, start: u64, count: u64) -> Vec<u64> {
        let mut found = Vec::new();
        for segment in self.segments.iter().filter(|segment| segment.array == array && segment.blocks > 0) {
            let planes = segment.planes.len() as u64;
            let first = if start > segment.start { segment.runs.of_element(start - segment.start) * planes } else { 0 };
            let numbers = first..segment.blocks;
            found.extend(
                numbers.map(|within| segment.first + within).take_while(|&index| self.at(index).start < start.saturating_add(count)),
            );
        }
        found
    }
}

/// The shape of blocks of an array whose writer is told nothing else, or only how many bytes a block has.
pub(crate) fn block_shape(shape: &[u64], fortran: bool, itemsize: u64, bytes: Option<u64>) -> Vec<u64> {
    let bytes = bytes.unwrap_or_else(|| {
        let all = shape.iter().fold(itemsize, |all, &n| times(all, n));
        let mut bytes = 1 << 16;
        while bytes < 1 << 20 && all > 1024 * bytes {
            bytes *= 2;
        }
        bytes
    });
    let most = (bytes / itemsize.max(1)).max(1);
    let mut lengths = vec![1; shape.len()];
    let mut inner = 1;
    for i in 0..shape.len() {
        let axis = if fortran { i } else { shape.len() - 1 - i };
        let whole = shape[axis].max(1);
        if i == shape.len() - 1 || times(inner, whole) > most {
            lengths[axis] = (most / inner).max(1);
            break;
        }
        lengths[axis] = whole;
        inner *= whole;
    }
    lengths
}
