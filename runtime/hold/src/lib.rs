//! A content-addressed layer store: from an image to a bundle.
