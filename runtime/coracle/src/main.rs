//! `coracle`: from the command line to one verb.
#![cfg_attr(feature = "freestanding", no_std, no_main)]

#[cfg(feature = "freestanding")]
mod start;

#[cfg(not(feature = "freestanding"))]
fn main() -> std::process::ExitCode {
    use std::ffi::CString;
    use std::os::unix::ffi::OsStringExt as _;

    // Neither arguments nor variables can contain a NUL: the kernel passes them as C strings.
    let c_string = |bytes: Vec<u8>| CString::new(bytes).unwrap_or_default();
    let arguments: Vec<CString> = std::env::args_os().map(|word| c_string(word.into_vec())).collect();
    let variable = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        c_string([name.into_vec(), value.into_vec()].join(&b'='))
    };
    let environment: Vec<CString> = std::env::vars_os().map(variable).collect();
    let borrow = |strings: &'static [CString]| strings.iter().map(CString::as_c_str).collect::<Vec<_>>();
    coracle::run(&borrow(arguments.leak()), &borrow(environment.leak())).into()
}
