//! What a content consists of, in canonical order.

use crate::error::{Error, Result};
use crate::v1::{entry, file, value, Array, Attribute, Bundle, DType, File, Value};

/// A thing on the way.
pub(crate) enum Met<'a> {
    Array(&'a mut Array),
    DType(&'a DType),
    Bundle(&'a Bundle),
    Value(&'a Value),
    Names(&'a [Attribute]),
}

type Visit<'v> = dyn FnMut(Met<'_>) -> Result<()> + 'v;

pub(crate) fn content(file: &mut File, visit: &mut Visit<'_>) -> Result<()> {
    match &mut file.content {
        Some(file::Content::Array(one)) => array(one, visit),
        Some(file::Content::Bundle(one)) => bundle(one, visit),
        None => Err(Error::new("the file has no content")),
    }
}

fn array(one: &mut Array, visit: &mut Visit<'_>) -> Result<()> {
    let inner = one.dtype.as_mut().ok_or_else(|| Error::new("an array has no dtype"))?;
    visit(Met::DType(inner))?;
    dtype(inner, visit)?;
    visit(Met::Array(one))?;
    if let Some(fill) = &mut one.fill_value {
        let inner = fill.dtype.as_mut().ok_or_else(|| Error::new("a fill value has no dtype"))?;
        visit(Met::DType(inner))?;
        dtype(inner, visit)?;
        if let Some(object) = &mut fill.object {
            value(object, visit)?;
        }
    }
    names(&mut one.attributes, visit)?;
    one.objects.iter_mut().try_for_each(|object| value(object, visit))
}

fn dtype(one: &mut DType, visit: &mut Visit<'_>) -> Result<()> {
    for field in &mut one.fields {
        if let Some(title) = &mut field.title {
            value(title, visit)?;
        }
        if let Some(inner) = &mut field.dtype {
            dtype(inner, visit)?;
        }
    }
    if let Some(na) = &mut one.na_object {
        value(na, visit)?;
    }
    names(&mut one.metadata, visit)
}

fn bundle(one: &mut Bundle, visit: &mut Visit<'_>) -> Result<()> {
    visit(Met::Bundle(one))?;
    for entry in &mut one.entries {
        match &mut entry.member {
            Some(entry::Member::Array(inner)) => array(inner, visit),
            Some(entry::Member::Bundle(inner)) => bundle(inner, visit),
            None => Err(Error::new("is nothing at all")),
        }
        .map_err(|e| e.within(format!("member {:?}", entry.name)))?;
    }
    names(&mut one.attributes, visit)?;
    names(&mut one.keys, visit)
}

fn names(all: &mut [Attribute], visit: &mut Visit<'_>) -> Result<()> {
    visit(Met::Names(all))?;
    for one in all {
        if let Some(inner) = &mut one.value {
            value(inner, visit).map_err(|e| e.within(format!("attribute {:?}", one.name)))?;
        }
    }
    Ok(())
}

pub(crate) fn value(one: &mut Value, visit: &mut Visit<'_>) -> Result<()> {
    visit(Met::Value(one))?;
    match &mut one.kind {
        Some(value::Kind::List(items) | value::Kind::Tuple(items)) => items.items.iter_mut().try_for_each(|item| value(item, visit)),
        Some(value::Kind::Dict(dict)) => dict
            .items
            .iter_mut()
            .try_for_each(|item| item.key.iter_mut().chain(item.value.iter_mut()).try_for_each(|part| value(part, visit))),
        Some(value::Kind::Array(inner)) => array(inner, visit),
        Some(value::Kind::Bundle(inner)) => bundle(inner, visit),
        Some(_) => Ok(()),
        None => Err(Error::new("a value is nothing at all")),
    }
}
