//! Links the freestanding program: static, at a fixed address, with neither libc nor its start files.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_FREESTANDING").is_none() {
        return;
    }
    for argument in ["-nostartfiles", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none,-z,norelro"] {
        println!("cargo::rustc-link-arg-bin=coracle={argument}");
    }
}
