// Package masquerade reads and writes NumPy arrays and masked arrays as masquerade.v1.File messages: the .pb files that the
// TypeScript library, the Python package and the clients in other languages exchange, byte for byte the same from each.
//
// [Load] and [Unmarshal] check everything a file says before they believe it; [File.Array] finds an array, [Array.View] is a strided
// view of its elements with their mask, and [As] reads them as numbers. [Marshal] and [Save] write canonical files.
package masquerade
