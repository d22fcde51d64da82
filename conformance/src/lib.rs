//! Black-box tests of any OCI runtime, each tied to a sentence of the specification.
