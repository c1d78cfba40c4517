//! The committed code is what the schema gives today. MASQUERADE_REGENERATE=1 writes it instead.

use std::path::Path;

#[test]
fn generated_code_is_current() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let proto = here.join("../../packages/adapter-protobuf/proto");
    let files = ["masquerade/v1/dtype.proto", "masquerade/v1/file.proto", "masquerade/v1/blocks.proto"].map(|name| proto.join(name));
    let descriptors = protox::compile(files, [proto]).expect("the schema");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    prost_build::Config::new().bytes(["."]).out_dir(target).compile_fds(descriptors).expect("generated code");
    let made = std::fs::read_to_string(target.join("masquerade.v1.rs")).expect("generated code");
    let committed = here.join("src/v1.rs");
    if std::env::var_os("MASQUERADE_REGENERATE").is_some() {
        std::fs::write(&committed, &made).expect("src/v1.rs");
    }
    let ours = std::fs::read_to_string(&committed).unwrap_or_default();
    assert!(made == ours, "src/v1.rs is old: MASQUERADE_REGENERATE=1 cargo test --test generated");
}
