//! Steps of the panel.
