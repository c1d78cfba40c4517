//! Views, numbers, files made here.

use std::path::PathBuf;

use masquerade::{Array, Complex, Datetime64, Error, File, Float16, Options};

fn load(name: &str) -> File {
    File::load(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../vectors/{name}.pb"))).unwrap()
}

fn array(name: &str) -> Array {
    load(name).array(&[]).unwrap()
}

#[test]
fn the_readme() -> Result<(), Error> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("sst.pb");

    // #region exchange
    let sst = Array::new(&[2, 2], &[271.5, 1e20, 280.25, 275.0])?.with_mask(&[false, true, false, false])?.with_fill(1e20);
    File::of(sst).save(&path, Options::default())?;

    let same = File::load(&path)?.array(&[])?;
    let values = same.view()?.numbers::<f64>()?;
    let first = values.at(&[0, 0]); // 271.5
    let masked = values.is_masked(&[0, 1]); // true
    let filled = values.filled(f64::NAN); // in C order
    let column = values.slice(1, 0, 1, 1)?; // a view

    // #endregion exchange

    assert_eq!((first, masked, filled[3], filled[1].is_nan()), (271.5, true, 275.0, true));
    assert_eq!(column.shape(), [2, 1]);
    assert_eq!(same.fill::<f64>(), Some(1e20));
    assert!(matches!(File::of(array("plain")).save(&path, Options::default()), Err(Error::Io(_))));
    assert_eq!(std::fs::read_dir(folder)?.count(), 1);
    Ok(())
}

#[test]
fn views_in_both_orders() {
    for name in ["mask-raw", "fortran-plain"] {
        let array = array(name);
        let values = array.view().unwrap().numbers::<f64>().unwrap();
        assert_eq!(values.shape(), [2, 3, 4]);
        for index in values.indices() {
            assert_eq!(values.at(&index), (index[0] * 12 + index[1] * 4 + index[2]) as f64 / 8.0, "{name}");
        }
        assert_eq!(values.indices().count(), 24);
    }
}

#[test]
fn slices_and_transposes_share_the_mask() {
    let array = array("mask-runs");
    let whole = array.view().unwrap().numbers::<f64>().unwrap();
    let turned = whole.slice(2, 3, 2, -2).unwrap().transpose().numbers::<f64>().unwrap();
    assert_eq!(turned.shape(), [2, 3, 2]);
    let mut masked = 0;
    for index in turned.indices() {
        let at = [index[2], index[1], 3 - 2 * index[0]];
        assert_eq!(turned.at(&index), whole.at(&at));
        assert_eq!(turned.is_masked(&index), whole.is_masked(&at));
        masked += usize::from(turned.is_masked(&index));
    }
    assert!((1..12).contains(&masked));
    for (axis, start, count, step) in [(3, 0, 1, 1), (0, 0, 3, 1), (0, 1, 2, 1), (0, 0, 1, 0), (0, 2, 1, -1), (0, 1, 3, -1), (0, 3, 0, 1)] {
        assert!(whole.slice(axis, start, count, step).is_err(), "{axis} {start} {count} {step}");
    }
    assert_eq!(whole.slice(0, 2, 0, 1).unwrap().indices().count(), 0);
}

#[test]
fn fields_with_their_masks() {
    let records = array("struct-nested");
    let mask = records.mask.clone().unwrap();
    let whole = records.view().unwrap();
    let m = whole.field("m").unwrap().numbers::<i16>().unwrap();
    assert_eq!(m.shape(), [5, 2, 2]);
    for index in m.indices() {
        let at = index[0] * 16 + 6 + (index[1] * 2 + index[2]) * 2;
        assert_eq!(m.at(&index).to_le_bytes(), records.data[at..at + 2]);
        assert_eq!(m.is_masked(&index), mask[index[0] * 7 + 2 + index[1] * 2 + index[2]] != 0);
    }
    let x = whole.field("pos").unwrap().field("x").unwrap().numbers::<f32>().unwrap();
    assert_eq!(x.at(&[1]).to_bits().to_be_bytes(), records.data[16..20]);
    assert!(whole.field("nobody").is_err());
}

#[test]
fn bits_are_kept_in_both_byte_orders() {
    for side in ["le", "be"] {
        let double = array(&format!("dtype-{side}-f8"));
        assert_eq!(double.view().unwrap().numbers::<f64>().unwrap().at(&[0, 2]).to_bits(), 0x7ff0000000000001);
        let half = array(&format!("dtype-{side}-f2"));
        assert_eq!(half.view().unwrap().numbers::<Float16>().unwrap().at(&[0, 2]), Float16(0x7c01));
        let complex = array(&format!("dtype-{side}-c16"));
        let first: Complex<f64> = complex.view().unwrap().numbers().unwrap().at(&[0, 0]);
        assert_eq!((first.real.to_bits(), first.imaginary.to_bits()), (1 << 63, 1));
        let times = array(&format!("dtype-{side}-datetime-25us"));
        assert_eq!(times.view().unwrap().numbers::<Datetime64>().unwrap().at(&[2]), Datetime64(1 << 40));
    }
    assert_eq!(array("fill-nan-payload").fill::<f64>().map(f64::to_bits), Some(0xfff8dead0000beef));
    assert_eq!(array("fill-other-dtype").fill::<i64>(), Some(999999));
    assert_eq!(array("fill-other-dtype").fill::<i8>(), None);
}

#[test]
fn halves() {
    for (bits, value) in
        [(0x3c00, 1.0), (0xc000, -2.0), (1, 2f64.powi(-24)), (0x7bff, 65504.0), (0xfc00, f64::NEG_INFINITY), (0x0400, 2f64.powi(-14))]
    {
        assert_eq!(Float16(bits).to_f64(), value);
    }
    assert!(Float16(0x7c01).to_f64().is_nan());
}

#[test]
fn bundles() {
    let dict = load("dict");
    let t = dict.array(&["t"]).unwrap();
    assert!(t.view().unwrap().is_masked(&[1]));
    let n = dict.array(&["inner", "n"]).unwrap();
    assert_eq!(n.view().unwrap().numbers::<u16>().unwrap().values(), [0, 1, 2]);
    for lost in [&[][..], &["x"], &["t", "x"], &["inner"], &["inner", "x"]] {
        assert!(dict.array(lost).is_err(), "{lost:?}");
    }
    let a = Array::new(&[1], &[7i32]).unwrap();
    let b = Array::new(&[], &[true]).unwrap().without_mask();
    let raw = File::of_dict([("a", a), ("b", b)]).to_bytes(Options::default()).unwrap();
    let again = File::from_bytes(raw).unwrap();
    let b = again.array(&["b"]).unwrap();
    assert!(b.message.masked && b.mask.is_none());
    assert!(again.array(&["a"]).unwrap().view().unwrap().numbers::<i64>().is_err());
}

#[test]
fn what_cannot_be_made() {
    assert!(Array::new(&[2], &[1i8]).is_err());
    assert!(Array::new(&[2], &[1i8, 2]).unwrap().with_mask(&[true]).is_err());
    assert!(Array::new::<u8>(&[usize::MAX, 2], &[]).is_err());
    assert!(array("dtype-object").view().is_err());
}
