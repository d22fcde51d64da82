//! A content-addressed layer store: from an image layout to a directory that a runtime can run.
//!
//! Terms: a *blob* is a file named by its digest; a *layer* is a tar of changes, and unpacked a directory that overlayfs
//! can stack; its *diff id* is the digest of the tar before compression; a *chain id* names a stack of layers; a
//! *reference* is a name that the index gives an image.
//!
//! The way of an image: [`layout`] finds it, [`blob`] copies and verifies its bytes, [`layer`] plans each layer over
//! those below and makes it a directory, [`store`] publishes all of it at once; [`image`] finds it again.

pub mod blob;
pub mod digest;
pub mod image;
pub mod import;
pub mod layer;
pub mod layout;
pub mod store;
pub mod unpack;
