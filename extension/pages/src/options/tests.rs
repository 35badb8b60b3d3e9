//! Steps of the options page.
