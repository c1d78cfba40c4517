package masquerade_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	masquerade "github.com/masquerade/masquerade/clients/go"
)

func Example() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "sst.pb")

	// #region exchange
	sst, err := masquerade.New([]int{2, 2}, []float64{271.5, 1e20, 280.25, 275}, []bool{false, true, false, false})
	if err != nil {
		panic(err)
	}
	if err := masquerade.SetFill(sst, 1e20); err != nil {
		panic(err)
	}
	if err := masquerade.Save(path, masquerade.NewFile(sst), masquerade.Options{}); err != nil {
		panic(err)
	}

	file, err := masquerade.Load(path)
	if err != nil {
		panic(err)
	}
	array, err := file.Array()
	if err != nil {
		panic(err)
	}
	values, err := masquerade.Of[float64](array)
	if err != nil {
		panic(err)
	}
	fmt.Println(values.At(0, 0), values.Masked(0, 1), values.Filled(math.NaN()))
	// #endregion exchange
	// Output: 271.5 true [271.5 NaN 280.25 275]
}

func array(t *testing.T, name string, path ...string) *masquerade.Array {
	t.Helper()
	file, err := masquerade.Unmarshal(read(t, name))
	if err != nil {
		t.Fatal(err)
	}
	found, err := file.Array(path...)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestViewsInBothOrders(t *testing.T) {
	for _, name := range []string{"mask-raw", "fortran-plain"} {
		v, err := masquerade.Of[float64](array(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(v.Shape(), []int{2, 3, 4}) {
			t.Fatal(v.Shape())
		}
		v.Each(func(i []int) bool {
			if want := float64(i[0]*12+i[1]*4+i[2]) / 8; v.At(i...) != want {
				t.Fatalf("%s %v: %v, not %v", name, i, v.At(i...), want)
			}
			return true
		})
	}
}

func TestSlicesAndTransposesShareTheMask(t *testing.T) {
	whole, err := masquerade.Of[float64](array(t, "mask-runs"))
	if err != nil {
		t.Fatal(err)
	}
	part, err := whole.Slice(2, 3, -1, -2)
	if err != nil {
		t.Fatal(err)
	}
	turned, err := masquerade.As[float64](part.Transpose())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(turned.Shape(), []int{2, 3, 2}) {
		t.Fatal(turned.Shape())
	}
	masked := 0
	turned.Each(func(i []int) bool {
		at := []int{i[2], i[1], 3 - 2*i[0]}
		if turned.At(i...) != whole.At(at...) || turned.Masked(i...) != whole.Masked(at...) {
			t.Fatalf("%v is not %v", i, at)
		}
		if turned.Masked(i...) {
			masked++
		}
		return true
	})
	if masked == 0 || masked == 12 {
		t.Fatalf("%d of 12 are masked", masked)
	}
	for _, bad := range [][4]int{{3, 0, 1, 1}, {0, 0, 3, 1}, {0, -1, 1, 1}, {0, 0, 1, 0}, {0, 2, -1, -1}} {
		if _, err := whole.Slice(bad[0], bad[1], bad[2], bad[3]); err == nil {
			t.Fatalf("the slice %v was made", bad)
		}
	}
	none, err := whole.Slice(0, 1, 1, 1)
	if err != nil || none.Shape()[0] != 0 {
		t.Fatal(none.Shape(), err)
	}
}

func TestFieldsWithTheirMasks(t *testing.T) {
	records := array(t, "struct-nested")
	whole, err := records.View()
	if err != nil {
		t.Fatal(err)
	}
	// pos: two fields; m: 2 x 2; the last: one. Seven bools a record.
	m, err := whole.Field("m")
	if err != nil {
		t.Fatal(err)
	}
	numbers, err := masquerade.As[int16](m)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(numbers.Shape(), []int{5, 2, 2}) {
		t.Fatal(numbers.Shape())
	}
	numbers.Each(func(i []int) bool {
		at := i[0]*16 + 6 + (i[1]*2+i[2])*2
		want := int16(uint16(records.Data[at]) | uint16(records.Data[at+1])<<8)
		if got := numbers.At(i...); got != want {
			t.Fatalf("%v: %d, not %d", i, got, want)
		}
		if got := numbers.Masked(i...); got != (records.Mask[i[0]*7+2+i[1]*2+i[2]] != 0) {
			t.Fatalf("%v: masked %v", i, got)
		}
		return true
	})
	pos, err := whole.Field("pos")
	if err != nil {
		t.Fatal(err)
	}
	x, err := pos.Field("x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := masquerade.As[float32](x); err != nil {
		t.Fatal(err)
	}
	if _, err := whole.Field("nobody"); err == nil {
		t.Fatal("a field that is not there was found")
	}
}

func TestBitsOfNaNsAreKept(t *testing.T) {
	for _, name := range []string{"dtype-le-f8", "dtype-be-f8"} {
		v, err := masquerade.Of[float64](array(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := math.Float64bits(v.At(0, 2)); got != 0x7ff0000000000001 {
			t.Fatalf("%s: %x", name, got)
		}
	}
	fill, ok := masquerade.Fill[float64](array(t, "fill-nan-payload"))
	if !ok || math.Float64bits(fill) != 0xfff8dead0000beef {
		t.Fatalf("%v %x", ok, math.Float64bits(fill))
	}
	other, ok := masquerade.Fill[int64](array(t, "fill-other-dtype"))
	if !ok || other != 999999 {
		t.Fatal(other, ok)
	}
	if _, ok := masquerade.Fill[int8](array(t, "fill-other-dtype")); ok {
		t.Fatal("a fill value of another dtype was given")
	}
}

func TestHalves(t *testing.T) {
	for bits, want := range map[masquerade.Float16]float64{0x3c00: 1, 0xc000: -2, 1: math.Ldexp(1, -24), 0x7bff: 65504, 0xfc00: math.Inf(-1), 0x0400: math.Ldexp(1, -14)} {
		if got := bits.Float64(); got != want {
			t.Fatalf("%x: %v, not %v", uint16(bits), got, want)
		}
	}
	if !math.IsNaN(masquerade.Float16(0x7c01).Float64()) {
		t.Fatal("not NaN")
	}
}

func TestBundles(t *testing.T) {
	v, err := masquerade.Of[float64](array(t, "dict", "t"))
	if err != nil || v.At(1) != 2.5 || !v.Masked(1) || v.Masked(0) {
		t.Fatal(v, err)
	}
	n, err := masquerade.Of[uint16](array(t, "dict", "inner", "n"))
	if err != nil || !reflect.DeepEqual(n.Values(), []uint16{0, 1, 2}) {
		t.Fatal(n, err)
	}
	file, err := masquerade.Unmarshal(read(t, "dict"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range [][]string{{}, {"x"}, {"t", "x"}, {"inner"}, {"inner", "x"}} {
		if _, err := file.Array(path...); err == nil {
			t.Fatalf("%q was found", path)
		}
	}
	a, _ := masquerade.New([]int{1}, []int32{7}, nil)
	b, _ := masquerade.New([]int{1}, []bool{true}, []bool{})
	raw, err := masquerade.Marshal(masquerade.NewBundle(masquerade.Member{Name: "a", Array: a}, masquerade.Member{Name: "b", Array: b}), masquerade.Options{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := masquerade.Unmarshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	flags, err := again.Array("b")
	if err != nil || !flags.Message.GetMasked() || flags.Mask != nil {
		t.Fatal(flags, err)
	}
}

func TestWhatCannotBeMade(t *testing.T) {
	if _, err := masquerade.New([]int{2}, []int8{1}, nil); err == nil {
		t.Fatal("one element for two")
	}
	if _, err := masquerade.New([]int{-1}, []int8{}, nil); err == nil {
		t.Fatal("a negative length")
	}
	if _, err := masquerade.New([]int{2}, []int8{1, 2}, []bool{true}); err == nil {
		t.Fatal("one bool for two")
	}
	if _, err := masquerade.Of[float64](array(t, "dtype-le-f4")); err == nil {
		t.Fatal("float32 read as float64")
	}
	plain, _ := masquerade.New([]int{1}, []int8{1}, nil)
	if masquerade.SetFill(plain, int8(1)) == nil {
		t.Fatal("a fill value of a plain array")
	}
	path := filepath.Join(t.TempDir(), "a.pb")
	if err := masquerade.Save(path, masquerade.NewFile(plain), masquerade.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := masquerade.Save(path, masquerade.NewFile(plain), masquerade.Options{}); !errors.Is(err, os.ErrExist) {
		t.Fatal("written over another:", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Fatal(left)
	}
}
