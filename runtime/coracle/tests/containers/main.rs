//! Containers of the coracle that cargo built for these tests, in the real kernel.
//!
//! Most need root; each skips with a reason without.

mod container;
mod exec;
mod foreground;
mod keyring;
mod mutate;
mod nested;
mod network;
mod orphans;
mod random;
mod root;
mod rootless;
