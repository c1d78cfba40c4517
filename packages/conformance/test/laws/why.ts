/** For each law a paragraph: why it is one, and what to look at when it is broken. The page of laws is made from these. */
export const why: Readonly<Record<string, string>> = {
  "import/pure":
    "An application imports thirty formats and uses one. A changed prototype or a timer that keeps the process alive is felt by everybody and found by nobody. Register nothing, read nothing, print nothing: export a constant.",
  "import/lazy":
    "The descriptor is always loaded, the codec on first use. Import the library in `codec.ts`, and `codec.ts` only by `import()` in the descriptor's `codec`.",
  "descriptor/well-formed":
    "The command line, the docs and the viewer are made from the descriptor; what it does not say cannot be shown.",
  "descriptor/lazy-flags":
    "`choose` promises lazy reads and streamed writing by the flags; the functions must be there when they are true and may not be when they are false.",
  "descriptor/timing":
    "Sync or async is in the type. A value where a promise was declared, or the reverse, breaks callers that the compiler told they were right.",
  "sniff/own-output":
    "A file without a name is recognised by its first 4 KiB. Answer `yes` to a magic number, `maybe` to something merely plausible.",
  "sniff/never-throws":
    "Every format is asked about every file, also about files of three bytes. Check the length before reading.",
  "sniff/not-greedy": "`yes` means that no other format may claim the file: two of them are an error for the user.",
  "sniff/foreign":
    "The files come from the configuration (`foreign`): give it what the neighbours of your format write, zip and HDF5 containers above all.",
  "options/unknown-refused":
    "A misspelt option that is ignored is a silent loss. `checkOptions` of core does it in one line.",
  "options/wrong-value-refused":
    "Options come from command lines and JSON: their values are checked, whatever TypeScript says. `checkOptions` does it.",
  "options/out-of-range":
    "Ranges and choices of the schema are shown to people, so they are true: `checkOptions` is given the same schema.",
  "options/read-values-refused":
    "As for writing. An option for reading that is ignored gives another array than was asked for.",
  "options/every-choice":
    "An option that changes what is kept changes what `losses(header, options)` says. The suite writes with each choice and compares.",
  "options/out":
    "`out` spares the allocation where somebody reads the same shape again and again. `fillOut` of core checks and fills.",
  "options/progress": "A bar that jumps back is a bug report.",
  "options/parts": "`encodeParts` exists to spare the joined buffer; the bytes are the same.",
  "options/object-untouched": "Arguments belong to the caller, who may freeze them or use them again.",
  "abort/decode": "`throwIfAborted(options.signal)` on entry, and again between pieces of long work.",
  "capability/kinds":
    "The kinds are what `choose` goes by. A kind that is listed and refused, or the reverse, is a wrong recommendation.",
  "capability/memory-order":
    "Fortran order is how columns of large fields are read fast. Where the file can say it, it comes back.",
  "capability/memory-order-announced":
    "Where the file knows one order, the loss of the other is a trait: reported, and refused under `exact`. A one-dimensional array has no order to lose.",
  "capability/byte-order":
    "Typed arrays are in host order whatever the dtype says; the byte order is where the array came from and where a writer restores it.",
  "capability/byte-order-announced": "A format that writes little-endian only loses the byte order and nothing else.",
  "capability/field-masks-refused":
    "A record whose one field is masked is not a masked record. Collapsing hides values that were there, or shows one that was not to be seen.",
  "capability/nested-refused":
    "Groups flattened into names cannot be told from names; refuse, or spell it in the file.",
  "capability/text": "`text` says that a person can open it in an editor.",
  "capability/not-text": "The flag is a promise when it is false, too: people choose by it.",
  "capability/self-describing": "`load` has nothing but the bytes.",
  "capability/description-demanded":
    "Bytes that say nothing of themselves fit any dtype. Guessing one gives wrong numbers without an error.",
  "capability/compressed": "People choose by it; name the option that compresses in the schema.",
  "capability/not-compressed":
    "A binary format that leaves something out declares it, because it then needs limits for what comes out.",
  "capability/copy-false": "`copy` says who owns the memory and nothing about the values.",
  "losses/really-lost":
    "An announced loss that does not happen makes people choose another format, or accept losses they do not have.",
  "losses/exact-refuses":
    "`exact: true` is how one says that not even a trait may go. It follows `losses()` in both directions: `refuseLosses` does it.",
  "losses/accepted-one-by-one": '`lossy: ["fill-value"]` accepts the loss of the fill value and of nothing else.',
  "losses/well-formed":
    "Reports, `choose` and the command line print what `losses()` says; it is asked for headers of files nobody has written yet.",
  "mask/refused-when-unsupported":
    "The mask is content. Saving `filled()` values is the user's decision, never the format's.",
  "mask/values-come-back":
    "The one thing a masked array is about. Look at the polarity: Arrow and HDF5 conventions have 1 for valid, NumPy has True for masked.",
  "mask/masked-stays-masked":
    "Code that expects a masked array breaks on a plain one; that nothing is masked today is data, not type.",
  "mask/plain-stays-plain": "A plain array with an empty mask is slower everywhere and prints differently.",
  "mask/nomask-is-not-all-false":
    "`nomask` and a full mask of False behave differently in NumPy: one shares, one copies.",
  "mask/nomask-announced":
    "Where the file cannot say `nomask`, it comes back as a full mask of False, and that is announced.",
  "mask/hidden-values":
    "What lies beneath a mask may be needed again (unmasking, another threshold). All bits of it, also of a NaN.",
  "mask/hidden-values-announced": "Text formats drop hidden values on purpose; the user learns it from `losses()`.",
  "mask/fill-value-own-dtype": "NumPy keeps an int64 fill value for an int8 array. It is not cast on the way.",
  "mask/fill-value-unset":
    "Unset means the default for the dtype, now and after `astype`; set to the same number it stays.",
  "mask/fill-value-refused": "A forgotten fill value changes what `filled()` gives.",
  "mask/hard-mask": "A hard mask protects masked elements from assignment.",
  "mask/hard-mask-announced": "A trait: reported, refused under `exact`.",
  "mask/fortran-mask":
    "Data and mask are written in the same order, or each with its own, but each element keeps its flag.",
  "mask/mask-order-differs": "A mask made apart may lie in another order than the data. Write elements, not memory.",
  "mask/per-field-structured": "NumPy masks records field by field and sub-arrays element by element.",
  "bundle/round-trip": "Names, order and number of the arrays are content. A bundle of one is a bundle.",
  "bundle/masked-members": "Each member keeps what it is.",
  "bundle/names":
    "Names come from scientists: spaces, accents, slashes, the names of your own bookkeeping, `__proto__`. Come back or be refused.",
  "bundle/nested": "Groups within groups.",
  "bundle/kinds": "A list of arrays that comes back as a dict is announced.",
  "bundle/keys": "Python dicts have integer keys; they come back as such or it is announced.",
  "bundle/select": "One member of a large file is decoded without the others.",
  "bundle/refused": "Two arrays into a format for one: refuse. Writing the first is the silent loss NumPy users know.",
  "attrs/round-trip": "Units and scales live there. `7` and `7.0` are different in Python and stay different.",
  "attrs/refused": "Attributes are content.",
  "dims/round-trip": "Names of dimensions are what xarray lines up by.",
  "dims/announced": "A trait: reported, refused under `exact`.",
  "purity/input-untouched": "Writers that swap bytes in place are fast and wrong.",
  "purity/views": "Slices and transposes are views. Use `toBytes(order)` or `toC()`, never `storage` as it lies.",
  "purity/byte-offset":
    "A `Uint8Array` is a view of a buffer. `new DataView(bytes.buffer)` without `byteOffset` reads somebody else's bytes.",
  "purity/bytes-untouched": "The caller may decode the same bytes again.",
  "purity/copy-means-copy": "With `copy: true` the caller may throw the file's bytes away or write over them.",
  "purity/no-undeclared-aliasing":
    "Sharing memory with the input is declared (`aliasing`), so that whoever must not can ask for a copy.",
  "purity/encode-owns-its-bytes": "Bytes on their way to a socket do not change when the array does.",
  "purity/deterministic":
    "Equal arrays make equal files: they can be compared, cached and signed. No time stamps, no hash order.",
  "purity/concurrent": "One module-level buffer is enough to break it.",
  "samples/decode":
    "A reader tested against its own writer only is tested for agreeing with itself. Give it files of the real tools (`samples`).",
  "samples/open": "Lazy reads take another way through the file; the arrays are the same.",
  "lazy/header": "The header costs no data: dtype, shape, order, mask state, before anything is read.",
  "lazy/whole": "The plainest lazy read.",
  "lazy/slices":
    "Negative steps, empty slices, an integer that drops an axis, a new axis: what NumPy's basic indexing gives.",
  "lazy/planes": "Some writers need all data before the mask; they ask for one plane at a time.",
  "lazy/blocks": "Blocks run along the slowest axis without gap or overlap; even a limit of one byte gives one row.",
  "lazy/bytes-bounded": "The point of opening rather than loading: over HTTP each byte is somebody's waiting.",
  "lazy/failing-source":
    "A network that fails, a file that ends early: the source's own error, or that of a file cut short. Never zeros.",
  "lazy/abort": "Pass the signal on to every read of the source.",
  "lazy/unknown-array": "A name that is not there is a mistake of the caller and says so.",
  "lazy/covering": "What decodes must open: 0-d, empty, Fortran, big-endian, records.",
  "lazy/short-reads":
    "A source of a third party may give less than it was asked for. Wrap it: `exact(source)` of core turns that into SOURCE_SHORT.",
  "lazy/slow-source": "Reads settle out of turn. State shared between two reads of one file shows here.",
  "lazy/views-of-a-source": "What a source gives may be a view of a file in memory that others read, too.",
  "lazy/header-only": "Opening a file must not cost the file.",
  "lazy/out": "As `out` of decode.",
  "lazy/bundle": "Members are opened by name; asking for none of several is a mistake that is told.",
  "lazy/in-place": "Formats that declare `inPlace` overwrite elements where they lie, those and no others.",
  "lazy/read-only": "A `write` that is there is a promise.",
  "stream/blocks-of-any-size": "Who reads decides how large blocks are.",
  "stream/missing-blocks":
    "A file that ends early because its maker did is refused while it is made, not when it is read.",
  "stream/sink-failure": "The disk that is full says so, and the file does not appear.",
  "stream/back-pressure": "Await each write. A writer that does not holds the whole file in memory after all.",
  "stream/abort": "No trace.",
  "stream/covering": "What encodes must stream to the same arrays: 0-d, empty, Fortran, records.",
  "stream/every-write-fails":
    "The first write, the last, and the correction of a length at the very end may each be the one that fails.",
  "stream/wrong-blocks":
    "A block says where it starts. Writing it wherever the last one ended puts rows into each other's places.",
  "stream/losses-first": "Half a file before a refusal is a file somebody will open.",
  "stream/abort-midway": "Also after blocks have been written.",
  "errors/one-line":
    "Messages go into logs and terminals. What is quoted from a file is escaped and cut (`quoteText`).",
  "errors/offset": "Where in the file is half of finding out why. An offset beyond the end points nowhere.",
  "errors/own-id": "The error is read by somebody who named your format, not your library.",
  "hostile/every-truncation":
    "Downloads are cut at every byte. Trailing zeros are numbers, too: a missing tail must never become some.",
  "hostile/trailing-bytes":
    "Something after the end means that what was read is not what was written, or that two files were joined.",
  "hostile/every-header-bit":
    "Bit flips find the branches nobody wrote a test for. A typed error or an array; never a TypeError.",
  "hostile/length-fields": "A length is compared with the bytes that are left before anything is done with it.",
  "hostile/lengths-multiplied":
    "Lengths, counts, dimensions and offsets multiplied, in either byte order and in digits: products overflow, negative numbers slip through.",
  "hostile/garbage": "Anything may be passed to decode.",
  "hostile/mutations": "A small fuzzer over your own output, seeded, so that a failure repeats.",
  "hostile/prototypes": "Names from files are keys of a `Map`, never properties of a plain object.",
  "hostile/stable-errors": "The same bytes, the same code. Anything else is state.",
  "hostile/limits": "Budgets are the caller's. Check before allocating, and name the limit.",
  "hostile/bundle-truncation": "A file cut between two arrays looks whole to a reader that goes on until the end.",
  "hostile/no-after-effects": "A service decodes for years.",
  "memory/nothing-on-a-claim":
    "A forty-byte file may claim a terabyte. The suite counts what constructors allocate while it decodes such files: allocate after the bytes are there, not before.",
  "memory/limit-probe": "Under a limit, the limit counts before the allocation.",
  "memory/own-size": "A reader that makes tables of megabytes for each small file is slow for everybody who has many.",
  "purity/aliasing-is-real":
    "Who is told that memory is shared copies to be safe. Where every decode copies anyway, declare `aliasing: false`.",
  "lazy/in-place-selections":
    "A selection names elements; where they lie in the file is the adapter's to know. `normalizeSelection` of core gives the ranges.",
  "lazy/in-place-refused":
    "What is overwritten is gone. Everything that may be wrong with a value is found out before the first byte.",
  "lazy/in-place-bounded":
    "A row that costs the file is no writing in place. A run that has gaps may be read, changed and written as one.",
  "lazy/in-place-failing-write": "The source's own error: whoever wrote must know that it is not there.",
  "append/declared":
    "`choose` and `masq convert --append` go by the flag; the function must be there when it is true and may not be when it is false.",
  "append/grows":
    "Along the first axis of an array in C order. A format whose arrays cannot grow refuses with CAPABILITY_MISSING: nobody wants the last hour in another array than the day before.",
  "append/adds":
    "Names new to the file are added behind those it has. A format without room for more refuses, and says so before it writes.",
  "append/something": "A flag for which everything is refused is a wrong recommendation.",
  "append/misfits-refused":
    "Look first, at everything that is to be added; then write. Half of a bundle added and the other half refused is a file nobody asked for.",
  "append/mask-onto-plain": "Rows without their mask are wrong numbers. Where the file has no room for one, refuse.",
  "append/fill-value-stays":
    "The file's own, or an error: `np.ma.concatenate` drops it, and that is what people come here to get away from.",
  "append/twice": "The second append meets what the first has left: a longer index, a terminator in another place.",
  "append/nothing": "An hour without measurements is appended, too.",
  "append/files-of-its-tools":
    "The files come from the configuration (`samples`). What others have written holds forms that yours does not; what of it is not understood is kept as it lies, or the append refused.",
  "append/not-written-anew":
    "Half a megabyte is a stand-in for the archive that grows by a row each minute. A chunk or an index at the edge may be written again, behind the end.",
  "append/deterministic": "As for `encode`: no times, no random names.",
  "append/arguments-untouched": "Arguments belong to the caller.",
  "append/options": "`checkOptions`, `throwIfAborted` and a look at `file.write`, in front of everything else.",
  "append/damaged-file":
    "What is added to ruins is lost with them. Read what the file says of itself, to its end, before adding.",
  "append/crash":
    "Write what is new where no reader looks, then make it be by one write within a sector (512 bytes), which a disk does as a whole. The suite cuts the writes at the borders of sectors.",
  "append/power-failure":
    "Between two syncs a system writes in the order it likes. Sync what is new before the write that makes it be, and once more after that.",
  "append/failing-write": "A full disk is the usual end of a log.",
  "roundtrip/extents":
    "A count of one byte ends at 255, of two at 65,535. Whatever counts in your file has such an end; where it is, `losses()` says so.",
  "roundtrip/hard-texts":
    "NumPy's texts are code points: lone surrogates and inner zeros are text. What UTF-8 cannot hold is refused, not replaced.",
  "mask/fill-values-of-every-sort": "`if (fill)` and `fill !== NaN` are where they are lost.",
  "mask/hidden-values-not-written":
    "People mask what nobody is to see. A format that says it does not keep what is beneath the mask is chosen for that.",
  "attrs/values": "One attribute at a time. An attribute that the file has no form for is refused by name.",
  "bundle/many": "As for axes: whatever counts the members has an end.",
  "bundle/attrs": "A bundle has attributes of its own, beside those of its arrays.",
  "bundle/members-of-every-sort":
    "What holds for an array alone holds for it among others: `losses()` looks at every member, by `eachHeader`.",
  "bundle/select-path":
    "Names within groups are joined by `/`. What is selected is what decoding everything would give there.",
  "lazy/truncation": "Opening is another way through the file than decoding, with its own checks to forget.",
  "lazy/mutations": "As for decode: a typed error or an array.",
  "lazy/nothing-on-a-claim": "As for decode: compare what is claimed with what the source has, then allocate.",
  "lazy/limits": "Budgets are the caller's, also when he reads by parts.",
  "lazy/options": "`checkOptions` and `throwIfAborted` are for `open`, too.",
  "lazy/header-complete": "`masq inspect` and streaming conversion know of a file what its header says.",
  "lazy/blocks-of-planes": "Writers that need all data before the mask ask for one plane after the other.",
  "lazy/source-stays": "The source is the caller's, who may have three files open on it, or read on.",
  "lazy/unknown-size": "A pipe does not know its size. `readWhole` of core reads what can be read whole.",
  "lazy/bundle-truncation": "As for decode: a cut file never is a file of fewer arrays.",
  "stream/two-at-once": "State belongs to the writer, not to the module.",
  "stream/blocks-are-the-callers": "Who writes blocks uses one buffer for all of them. Copy what has to wait.",
  "stream/sink-that-only-appends":
    "A socket and a pipe have no `writeAt`. Lengths that are known only in the end belong into the end, or the plan tells them; else refuse at once.",
  "stream/after-the-end":
    "A second commit, or a block in a file that is finished, is a mistake of the caller's and is told.",
  "purity/pooled-bytes": "`readFile` gives a Buffer, and `slice()` of a Buffer is no copy. `new Uint8Array(bytes)` is.",
  "purity/shared-memory":
    "Arrays cross to workers in shared memory. `TextDecoder` refuses it in browsers: copy first, or refuse in your own words.",
  "purity/broadcast-views":
    "A stride may be zero, and a mask has strides of its own. `toBytes` of an array gives its elements.",
  "descriptor/timing-of-decode": "A promise that rejects and a throw are caught in different places.",
  "options/out-of-another-dtype": "`fillOut` of core refuses it.",
  "options/parts-of-every-sort":
    "One function makes the pieces, the other joins them; then there is nothing to differ.",
  "losses/accepted-and-no-more": "Who gives up the titles of fields has not given up the mask.",
  "hostile/truncated-view":
    "`new DataView(bytes.buffer)` reads what is none of yours. Pass `byteOffset` and `byteLength`.",
  "hostile/trailing-zeros":
    "Blocks of tapes and of flash are padded with zeros; so are files whose writing was cut off. Where padding is legal, the format says how much.",
  "hostile/limit-of-all": "Ten thousand small arrays are a large one.",
  "purity/looked-at-each-time":
    "A cache by object (`WeakMap`) is wrong for arrays and bytes, which change: people fill one buffer again and again.",
  "sniff/same-answer": "A regular expression with the flag `g` remembers where it was, and says no the second time.",
  "options/undefined-is-left-out":
    "`{ level: settings.level }` is how options are passed on. Look at the value, not at whether the name is there.",
  "options/select-of-one": "Who names an array wants that one.",
};
