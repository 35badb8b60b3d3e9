//! A form as pairs: for forms whose fields come as often as there are boxes, or under names that follow from data.

use super::error_page;
use crate::app::Shared;
use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::Response;

/// The pairs of a form, in their order. Whatever is no form is refused with its own page.
pub struct Pairs(Vec<(String, String)>);

impl FromRequest<Shared> for Pairs {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Response> {
        match Form::from_request(request, app).await {
            Ok(Form(pairs)) => Ok(Self(pairs)),
            Err(_) => Err(error_page(StatusCode::UNPROCESSABLE_ENTITY)),
        }
    }
}

impl Pairs {
    /// The first value under a name; empty where there is none.
    pub fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every pair, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Every value under a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}
