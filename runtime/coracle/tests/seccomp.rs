//! Filters in the real kernel, each over a thread of its own.

use coracle::config::Document;
use coracle::config::seccomp::Seccomp;
use coracle::seccomp::{Arch, compile};
use rustix::io::Errno;

/// Loads a filter over a new thread, which then runs `then`; needs no privilege, as it gives up all hope of more.
fn under<T: Send + 'static>(text: String, then: impl FnOnce() -> T + Send + 'static) -> (bool, T) {
    let thread = std::thread::spawn(move || {
        let document = Document::parse(text.into_bytes()).expect("JSON");
        let section = Seccomp::check(&document).expect("a valid section");
        let program = compile(&section, Arch::NATIVE).expect("a valid filter");
        rustix::thread::set_no_new_privs(true).expect("no new privileges");
        let listener = program.load().expect("the kernel takes the filter");
        assert_eq!(listener.is_some(), program.listens());
        (program.listens(), then())
    });
    thread.join().expect("the thread ends")
}

#[test]
fn the_kernel_decides_by_name_and_argument() {
    let text = r#"{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"], "syscalls": [
        {"names": ["getpgid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 77,
            "args": [{"index": 0, "value": 0, "op": "SCMP_CMP_EQ"}]},
        {"names": ["getsid", "unheard_of"], "action": "SCMP_ACT_ERRNO"}]}"#;
    let (listens, (own, other, session)) = under(text.into(), || {
        let own = rustix::process::getpgid(None);
        (own, rustix::process::getpgid(Some(rustix::process::getpid())), rustix::process::getsid(None))
    });
    assert!(!listens);
    assert_eq!(own.map_err(Errno::raw_os_error), Err(77));
    assert!(other.is_ok());
    assert_eq!(session, Err(Errno::PERM));
}

#[test]
fn a_filter_with_notifications_returns_the_descriptor_for_them() {
    let text = r#"{"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/agent", "syscalls": [
        {"names": ["sethostname"], "action": "SCMP_ACT_NOTIFY"}]}"#;
    assert!(under(text.into(), || ()).0);
}

#[test]
fn conditions_beyond_the_reach_of_a_short_jump_are_taken_by_the_kernel() {
    let conditions: Vec<String> =
        (0..300).map(|value| format!(r#"{{"index": 0, "value": {value}, "op": "SCMP_CMP_NE"}}"#)).collect();
    let text = format!(
        r#"{{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
            {{"names": ["getpgid"], "action": "SCMP_ACT_ERRNO", "args": [{}]}}]}}"#,
        conditions.join(",")
    );
    let (_, own) = under(text, || rustix::process::getpgid(None));
    assert!(own.is_ok());
}
