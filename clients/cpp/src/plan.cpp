// Which blocks a stream has (BLOCKS.md, "Which blocks there are").
#include <algorithm>

#include "internal.hpp"

namespace masquerade::detail {

Runs runs_of(const std::vector<std::uint64_t>& shape, const std::vector<std::uint64_t>& lengths, bool fortran) {
  const std::size_t n = shape.size();
  const auto axis = [&](std::size_t i) { return fortran ? i : n - 1 - i; };
  Runs out;
  bool ok = lengths.size() == n;
  if (ok) {
    std::size_t i = 0;
    for (; i + 1 < n && lengths[axis(i)] == std::max<std::uint64_t>(1, shape[axis(i)]); i++) out.inner *= shape[axis(i)];
    if (n > 0) {
      out.rows = shape[axis(i)];
      out.most = lengths[axis(i)];
    }
    ok = out.most >= 1 && out.most <= largest;
    for (i++; i < n; i++) {
      ok = ok && lengths[axis(i)] == 1 && out.most <= std::max<std::uint64_t>(1, out.rows);
      out.outer *= shape[axis(i)];
    }
  }
  if (!ok) throw Error("blocks that are no runs of memory of their array");
  if (std::find(shape.begin(), shape.end(), 0) == shape.end()) out.pieces = (out.rows + out.most - 1) / out.most;
  return out;
}

void Plan::add(std::size_t array, const v1::DType& dtype, bool masked, const Runs& runs, std::uint64_t start, std::uint64_t most) {
  std::vector<v1::Plane> planes;
  if (dtype.itemsize() > 0) planes.push_back(v1::PLANE_DATA);
  if (masked && bools(dtype) > 0) planes.push_back(v1::PLANE_MASK);
  const std::uint64_t blocks = times(times(runs.outer, runs.pieces), planes.size());
  // Every block takes some bytes: what cannot be there is not counted.
  if (blocks > most || total + blocks > most) throw Error(std::to_string(blocks) + " blocks, more than there is room for");
  segments_.push_back({array, total, blocks, start, runs, std::move(planes)});
  total += blocks;
}

Planned Plan::at(std::uint64_t index) const {
  const auto segment = std::partition_point(segments_.begin(), segments_.end(), [&](const Segment& one) { return one.first + one.blocks <= index; });
  const std::uint64_t within = index - segment->first;
  const std::uint64_t run = within / segment->planes.size();
  const Runs& runs = segment->runs;
  const std::uint64_t row = run % runs.pieces * runs.most;
  const std::uint64_t start = segment->start + (run / runs.pieces * runs.rows + row) * runs.inner;
  return {segment->array, segment->planes[within % segment->planes.size()], start, std::min(runs.most, runs.rows - row) * runs.inner};
}

std::vector<std::uint64_t> Plan::with(std::size_t array, std::uint64_t start, std::uint64_t count) const {
  std::vector<std::uint64_t> out;
  for (const Segment& segment : segments_) {
    if (segment.array != array || segment.blocks == 0) continue;
    std::uint64_t first = 0;
    if (start > segment.start) {
      const std::uint64_t row = (start - segment.start) / segment.runs.inner;
      first = (row / segment.runs.rows * segment.runs.pieces + row % segment.runs.rows / segment.runs.most) * segment.planes.size();
    }
    for (std::uint64_t i = first; i < segment.blocks && at(segment.first + i).start < start + count; i++) out.push_back(segment.first + i);
  }
  return out;
}

std::vector<std::uint64_t> block_shape(const std::vector<std::uint64_t>& shape, bool fortran, std::uint64_t itemsize, std::uint64_t bytes) {
  if (bytes == 0) {
    std::uint64_t all = itemsize;
    for (std::uint64_t n : shape) all = times(all, n);
    for (bytes = 1 << 16; bytes < 1 << 20 && all > 1024 * bytes;) bytes *= 2;
  }
  const std::uint64_t most = std::max<std::uint64_t>(1, bytes / std::max<std::uint64_t>(1, itemsize));
  std::vector<std::uint64_t> out(shape.size(), 1);
  std::uint64_t inner = 1;
  for (std::size_t i = 0; i < shape.size(); i++) {
    const std::size_t axis = fortran ? i : shape.size() - 1 - i;
    const std::uint64_t whole = std::max<std::uint64_t>(1, shape[axis]);
    if (i + 1 == shape.size() || times(inner, whole) > most) {
      out[axis] = std::max<std::uint64_t>(1, most / inner);
      break;
    }
    out[axis] = whole;
    inner *= whole;
  }
  return out;
}

}  // namespace masquerade::detail
