//! A content-addressed layer store: from an image to a bundle.
//!
//! Terms: a *blob* is bytes named by their digest; an *image* is a manifest, a configuration and layers, all blobs; a
//! *reference* is a name that stands for an image. The store is itself a valid image layout. A reference is written
//! only after everything that it needs is verified and durable.

pub mod archive;
pub mod blob;
pub mod bundle;
pub mod chain;
pub mod convert;
pub mod dedup;
pub mod delta;
pub mod df;
pub mod digest;
pub mod durable;
pub mod fsck;
pub mod gc;
pub mod guard;
pub mod image;
pub mod import;
pub mod layers;
pub mod layout;
pub mod materialize;
pub mod member;
pub mod overlay;
pub mod plan;
pub mod record;
pub mod root;
pub mod save;
pub mod seal;
pub mod space;
pub mod spool;
pub mod store;
pub mod tree;
pub mod unpack;
