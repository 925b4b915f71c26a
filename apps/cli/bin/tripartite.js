#!/usr/bin/env node
// A file that exists before the first build, so that installing can link it.
import '../dist/main.js';
