use std::fmt;

/// What goes wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file is not what it says it is, or a value has no place in a file.
    Malformed {
        /// What is wrong, and where.
        message: String,
        /// Offset in the file, where there is one.
        offset: Option<usize>,
    },
    /// The operating system's.
    Io(std::io::Error),
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Error::Malformed { message: message.into(), offset: None }
    }

    pub(crate) fn at(offset: usize, message: impl Into<String>) -> Self {
        Error::Malformed { message: message.into(), offset: Some(offset) }
    }

    /// The same, of something that begins at this byte.
    pub(crate) fn moved(self, by: u64) -> Self {
        match self {
            Error::Malformed { message, offset: Some(at) } => Error::Malformed { message, offset: Some(at + by as usize) },
            other => other,
        }
    }

    /// The same, said of something within what.
    pub(crate) fn within(self, what: impl fmt::Display) -> Self {
        match self {
            Error::Malformed { message, offset } => Error::Malformed { message: format!("{what}: {message}"), offset },
            other => other,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Malformed { message, offset: None } => write!(f, "masquerade: {message}"),
            Error::Malformed { message, offset: Some(at) } => write!(f, "masquerade: {message} (at byte {at})"),
            Error::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io(error) => Some(error),
            Error::Malformed { .. } => None,
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Error::Io(error)
    }
}
