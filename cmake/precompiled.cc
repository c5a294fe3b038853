// A library of precompiled headers must have a source.
