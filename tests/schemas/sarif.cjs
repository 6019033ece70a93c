// SPDX-License-Identifier: MIT
// `node sarif.cjs MODULES FILE`: holds FILE to SARIF's schema, which is among the npm packages in MODULES.
'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const [modules, file] = process.argv.slice(2);
const Ajv = require(join(modules, 'ajv'));
const schema = join(modules, '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const ajv = new Ajv({ allErrors: true, schemaId: 'auto' });
ajv.addMetaSchema(require(join(modules, 'ajv/lib/refs/json-schema-draft-04.json')));
const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')));
if (!validate(JSON.parse(readFileSync(file, 'utf8')))) {
  console.error(validate.errors);
  process.exit(1);
}
