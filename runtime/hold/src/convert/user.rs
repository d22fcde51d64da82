//! Users and groups of an image: numbers as they stand, names by the files of the image itself.

use std::io;
use std::path::Path;

use oci_spec::runtime::{User, UserBuilder};

use crate::root::Root;

/// Why the user of an image cannot be told.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum UserError {
    #[error("`{text}` is no user: `user`, `uid`, or either with `:group` or `:gid`, is expected")]
    Form { text: String },

    #[error("no user `{name}` in `/etc/passwd` of the image")]
    NoUser { name: String },

    #[error("no group `{name}` in `/etc/group` of the image")]
    NoGroup { name: String },

    #[error("`{text}` is no id: a number below 4294967295 is expected")]
    Id { text: String },

    #[error("read `{file}` of the image")]
    Read { file: &'static str, source: io::Error },
}

/// Who a container runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resolved {
    pub(super) user: User,
    pub(super) home: String,
}

const PASSWD: &str = "/etc/passwd";
const GROUP: &str = "/etc/group";

/// Hundred times what the largest of such files have, in bytes.
const FILE_BYTES: u64 = 8 << 20;

/// As many groups as Linux lets a process have.
const GROUPS: usize = 65_536;

/// Resolves the `User` of an image; an empty one is root.
///
/// A number is an id, never a name. Further groups come only with a user that is a name and has no group.
pub(super) fn resolve(text: &str, root: &Root) -> Result<Resolved, UserError> {
    let passwd = read(root, PASSWD)?;
    let (user, group) = text.split_once(':').map_or((text, None), |(user, group)| (user, Some(group)));
    if group == Some("") || (user.is_empty() && group.is_some()) {
        return Err(UserError::Form { text: text.to_owned() });
    }
    let user = if user.is_empty() { "0" } else { user };
    let named = !is_number(user);
    let account = accounts(&passwd).find(|account| account.is(user, named));
    let (uid, own) = match account {
        Some(Account { uid, gid, .. }) => (id(uid)?, id(gid)?),
        None if named => return Err(UserError::NoUser { name: user.to_owned() }),
        None => (id(user)?, 0),
    };
    let groups = read(root, GROUP)?;
    let gid = match group {
        None => own,
        Some(gid) if is_number(gid) => id(gid)?,
        Some(name) => named_group(&groups, name)?,
    };
    let further = if named && group.is_none() { memberships(&groups, user)? } else { Vec::new() };
    let mut built = UserBuilder::default().uid(uid).gid(gid);
    if !further.is_empty() {
        built = built.additional_gids(further);
    }
    let home = account.map(|account| account.home).filter(|home| home.starts_with('/')).unwrap_or("/");
    let user = built.build().map_err(|_| UserError::Form { text: text.to_owned() })?;
    Ok(Resolved { user, home: home.to_owned() })
}

fn read(root: &Root, file: &'static str) -> Result<String, UserError> {
    let bytes = root.read(Path::new(file), FILE_BYTES).map_err(|source| UserError::Read { file, source })?;
    Ok(String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned())
}

/// A line of `passwd`.
#[derive(Debug, Clone, Copy)]
struct Account<'line> {
    name: &'line str,
    uid: &'line str,
    gid: &'line str,
    home: &'line str,
}

impl Account<'_> {
    fn is(&self, user: &str, named: bool) -> bool {
        let number = |text: &str| is_number(text).then(|| text.parse::<u64>().ok()).flatten();
        if named { self.name == user } else { number(user).is_some() && number(user) == number(self.uid) }
    }
}

fn accounts(passwd: &str) -> impl Iterator<Item = Account<'_>> {
    passwd.lines().filter_map(|line| match line.split(':').collect::<Vec<_>>().as_slice() {
        [name, _, uid, gid, _, home, ..] => Some(Account { name, uid, gid, home }),
        _ => None,
    })
}

/// The lines of `group`: name, id, and members separated by commas.
fn groups(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    text.lines().filter_map(|line| match line.split(':').collect::<Vec<_>>().as_slice() {
        [name, _, gid, members, ..] => Some((*name, *gid, *members)),
        _ => None,
    })
}

fn named_group(text: &str, name: &str) -> Result<u32, UserError> {
    let found = groups(text).find(|(group, ..)| *group == name);
    id(found.ok_or_else(|| UserError::NoGroup { name: name.to_owned() })?.1)
}

fn memberships(text: &str, user: &str) -> Result<Vec<u32>, UserError> {
    let own = groups(text).filter(|(.., members)| members.split(',').any(|member| member == user));
    own.take(GROUPS).map(|(_, gid, _)| id(gid)).collect()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An id; the last number stands for none at all.
fn id(text: &str) -> Result<u32, UserError> {
    let number = text.parse().ok().filter(|id| *id != u32::MAX && is_number(text));
    number.ok_or_else(|| UserError::Id { text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const ACCOUNTS: &str = "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n1001:x:7:7::/:\n\
        big:x:4294967296:1::/:\nneg:x:-1:1::/:\nbroken\n";
    const GROUPS: &str = "root:x:0:\nwheel:x:10:alice,bob\nvideo:x:44:alice\n";

    fn stage() -> (tempfile::TempDir, Root) {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("etc")).unwrap();
        fs::write(home.path().join("etc/passwd"), ACCOUNTS).unwrap();
        fs::write(home.path().join("etc/group"), GROUPS).unwrap();
        let root = Root::open(home.path()).unwrap();
        (home, root)
    }

    fn shown(text: &str, root: &Root) -> String {
        match resolve(text, root) {
            Ok(Resolved { user, home }) => {
                let further = user.additional_gids().clone().unwrap_or_default();
                format!("{}:{} {further:?} {home}", user.uid(), user.gid())
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn users_are_resolved_by_the_files_of_the_image() {
        let (_home, root) = stage();
        let form = "is no user: `user`, `uid`, or either with `:group` or `:gid`, is expected";
        let id = "is no id: a number below 4294967295 is expected";
        let vectors = [
            ("", "0:0 [] /root"),
            ("alice", "1000:1000 [10, 44] /home/alice"),
            ("alice:wheel", "1000:10 [] /home/alice"),
            ("alice:44", "1000:44 [] /home/alice"),
            ("1000", "1000:1000 [] /home/alice"),
            ("1000:1000", "1000:1000 [] /home/alice"),
            ("1001", "1001:0 [] /"),
            ("4242", "4242:0 [] /"),
            ("4242:77", "4242:77 [] /"),
            ("01000", "1000:1000 [] /home/alice"),
            ("2147483648", "2147483648:0 [] /"),
            ("0x10", "no user `0x10` in `/etc/passwd` of the image"),
            ("-1", "no user `-1` in `/etc/passwd` of the image"),
            ("bob", "no user `bob` in `/etc/passwd` of the image"),
            ("alice:nogrp", "no group `nogrp` in `/etc/group` of the image"),
            (":wheel", &format!("`:wheel` {form}")),
            ("alice:", &format!("`alice:` {form}")),
            ("big", &format!("`4294967296` {id}")),
            ("neg", &format!("`-1` {id}")),
            ("4294967295", &format!("`4294967295` {id}")),
            ("4294967296", &format!("`4294967296` {id}")),
            ("1000:4294967295", &format!("`4294967295` {id}")),
        ];
        for (text, expected) in vectors {
            assert_eq!(shown(text, &root), expected, "{text}");
        }
    }

    #[test]
    fn without_files_a_number_has_group_0_and_a_name_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        let root = Root::open(home.path()).unwrap();
        assert_eq!(shown("1000", &root), "1000:0 [] /");
        assert_eq!(shown("alice", &root), "no user `alice` in `/etc/passwd` of the image");
    }
}
