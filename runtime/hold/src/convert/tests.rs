//! Configurations, whole and field by field.

use std::collections::HashMap;

use oci_spec::image::{Arch, ConfigBuilder, Os};
use serde_json::json;

use super::*;

/// What becomes of an image with this configuration, in an empty root.
fn derived(config: &Value, arguments: &[&str]) -> Result<Value, String> {
    let home = tempfile::tempdir().unwrap();
    let root = Root::open(home.path()).unwrap();
    let document = json!({
        "os": "linux", "architecture": "amd64", "config": config, "rootfs": {"type": "layers", "diff_ids": []},
    });
    let image: ImageConfiguration = serde_json::from_value(document).unwrap();
    let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
    let wishes = Wishes { hostname: "host", arguments: &arguments, labels: Labels::Guard };
    let converted = convert(&image, &root, wishes).map_err(|error| error.to_string())?;
    Ok(converted.config)
}

#[test]
fn a_whole_image_becomes_a_whole_configuration() {
    let home = tempfile::tempdir().unwrap();
    let root = Root::open(home.path()).unwrap();
    let labels = [("maintainer", "me"), ("run.oci.hooks.stdout", "/tmp/x"), ("", "nameless")];
    let labels: HashMap<String, String> =
        labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let list = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let config = ConfigBuilder::default()
        .user("7:8")
        .exposed_ports(list(&["80/tcp", "443/tcp"]))
        .env(list(&["A=1", "PATH=/bin"]))
        .entrypoint(list(&["/entry"]))
        .cmd(list(&["one", "two"]))
        .volumes(list(&["/data"]))
        .working_dir("work")
        .labels(labels)
        .stop_signal("SIGQUIT")
        .build()
        .unwrap();
    let mut image = ImageConfiguration::default();
    image.set_os(Os::Linux).set_architecture(Arch::Amd64).set_config(Some(config));
    image.set_created(Some("2001-09-09T01:46:40Z".to_owned())).set_author(Some("us".to_owned()));
    let wishes = Wishes { hostname: "host", arguments: &[], labels: Labels::Guard };
    let converted = convert(&image, &root, wishes).unwrap();
    let left_out = ["a label without a name", "label `run.oci.hooks.stdout`, which would steer a runtime"];
    assert_eq!(converted.left_out, left_out);
    assert!(home.path().join("work").is_dir());
    insta::assert_snapshot!(serde_json::to_string_pretty(&converted.config).unwrap());
    let trusted = convert(&image, &root, Wishes { labels: Labels::Trust, ..wishes }).unwrap();
    assert_eq!(trusted.config["annotations"]["run.oci.hooks.stdout"], "/tmp/x");
}

#[test]
fn a_label_comes_over_what_the_image_says_of_itself() {
    let labels = json!({"org.opencontainers.image.os": "mine", "org.opencontainers.image.exposedPorts": "1"});
    let config = json!({"Cmd": ["x"], "Labels": labels, "ExposedPorts": {"80": {}}});
    let annotations = derived(&config, &[]).unwrap()["annotations"].clone();
    assert_eq!(annotations["org.opencontainers.image.os"], "mine");
    assert_eq!(annotations["org.opencontainers.image.exposedPorts"], "1");
}

#[test]
fn the_command_follows_the_entry_point_and_arguments_replace_it() {
    let vectors: &[(Value, &[&str], Value)] = &[
        (json!({"Entrypoint": ["e"], "Cmd": ["c"]}), &[], json!(["e", "c"])),
        (json!({"Entrypoint": ["e"], "Cmd": ["c"]}), &["a", "b"], json!(["e", "a", "b"])),
        (json!({"Entrypoint": null, "Cmd": ["c"]}), &[], json!(["c"])),
        (json!({"Entrypoint": ["e"], "Cmd": []}), &[], json!(["e"])),
        (json!({}), &["a"], json!(["a"])),
    ];
    for (config, arguments, expected) in vectors {
        assert_eq!(derived(config, arguments).unwrap()["process"]["args"], *expected, "{config}");
    }
}

#[test]
fn of_each_variable_the_last_value_stays_and_what_is_missing_is_added() {
    let env =
        |list: Value| derived(&json!({"Cmd": ["x"], "Env": list}), &[]).unwrap()["process"]["env"].clone();
    assert_eq!(env(json!(["A=1", "HOME=/h", "A=2=3", "PATH="])), json!(["HOME=/h", "A=2=3", "PATH="]));
    assert_eq!(env(json!([])), json!([PATH, "HOME=/"]));
}

#[test]
fn what_no_container_can_have_is_refused() {
    let vectors = [
        (json!({}), "the image names no command: give one after the bundle, such as `-- /bin/sh`"),
        (json!({"Cmd": ["a\0"]}), "the command of the image holds a NUL: `a\0`"),
        (json!({"Cmd": ["x"], "Env": ["A\0=1"]}), "the environment of the image holds a NUL: `A\0=1`"),
        (json!({"Cmd": ["x"], "Env": ["A"]}), "`A` in the environment of the image is no NAME=VALUE"),
        (json!({"Cmd": ["x"], "Env": ["=1"]}), "`=1` in the environment of the image is no NAME=VALUE"),
        (json!({"Cmd": ["x"], "StopSignal": "SIGNO"}), "`SIGNO` is no signal that could stop a container"),
    ];
    for (config, expected) in vectors {
        assert_eq!(derived(&config, &[]), Err(expected.to_owned()), "{config}");
    }
    for path in ["data", "/", "/../x", "/a/../b", ""] {
        let config = json!({"Cmd": ["x"], "Volumes": {path: {}}});
        let expected = format!("the volume `{path}` of the image is no absolute path below the root");
        assert_eq!(derived(&config, &[]), Err(expected));
    }
}
