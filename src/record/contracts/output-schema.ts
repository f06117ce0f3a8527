import { createContext, Script } from 'node:vm'
import { Ajv2020, type ErrorObject, MissingRefError, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Json } from '../../json.js'

/** The schema of a contract's output: JSON Schema 2020-12, checked by ajv (docs/decisions/0015). */
type OutputSchema = { readonly [key: string]: Json }

/** What is wrong with a schema, and where in it. */
interface SchemaFlaw {
  readonly path: readonly (string | number)[]
  readonly message: string
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

/** How long a schema may take to be read, or to be held against an output. */
const MAX_MS = 1_000

/** A value of each type: a schema that never comes to an end does so on one of them. */
const SAMPLES: readonly Json[] = [null, true, 0, '', [], {}]

const OPTIONS = {
  strict: false,
  // `format` is an annotation in 2020-12.
  validateFormats: false,
  // What objects inherit, such as `toString`, is no property of an output.
  ownProperties: true,
  // 19.99 is a multiple of 0.01.
  multipleOfPrecision: 9,
  // Making the program shorter takes four times as long as making it, and few are run often.
  code: { optimize: false },
  logger: false,
} as const

/** Why a schema cannot be used; `undefined` where it can. */
export function flawOfSchema(schema: OutputSchema): SchemaFlaw | undefined {
  const { $schema } = schema
  if ($schema !== undefined && $schema !== DIALECT && $schema !== `${DIALECT}#`) {
    return { path: ['$schema'], message: `expected ${DIALECT}, or nothing` }
  }
  const isSchema = metaSchema()
  try {
    if (!within(() => isSchema(schema))) return flawOf(isSchema.errors![0]!)
    const validate = compile(schema)
    within(() => {
      for (const sample of SAMPLES) validate(sample)
    })
    return undefined
  } catch (error) {
    return { path: [], message: reasonOf(error) }
  }
}

/** Why an output is not as the schema asks; `undefined` where it is. */
export function flawOfOutput(schema: OutputSchema, output: Json | undefined): string | undefined {
  if (output === undefined) return 'there is none'
  try {
    const validate = compile(schema)
    if (within(() => validate(output))) return undefined
    const error = validate.errors![0]!
    return `${error.instancePath === '' ? 'it' : error.instancePath} ${wordsOf(error)}`
  } catch (error) {
    return reasonOf(error)
  }
}

let ownMetaSchema: ValidateFunction | undefined

/** Made when it is first needed: that takes as long as all the rest of the library. */
function metaSchema(): ValidateFunction {
  ownMetaSchema ??= new Ajv2020(OPTIONS).getSchema(DIALECT)!
  return ownMetaSchema
}

const MAX_COMPILED = 100
const compiled = new Map<string, ValidateFunction>()

/** A function that checks values; those of the schemas that were used last are kept. */
function compile(schema: OutputSchema): ValidateFunction {
  const text = JSON.stringify(schema)
  const validate = compiled.get(text) ?? compileAnew(schema)
  compiled.delete(text)
  compiled.set(text, validate)
  if (compiled.size > MAX_COMPILED) compiled.delete(compiled.keys().next().value!)
  return validate
}

function compileAnew(schema: OutputSchema): ValidateFunction {
  // An instance for each: `$id`s of one schema mean nothing to another, and what was broken off goes with it.
  const validate = within(() => new Ajv2020({ ...OPTIONS, meta: false, validateSchema: false }).compile(schema))
  if ('$async' in validate) throw new Error('holds $async, which is no keyword of JSON Schema')
  return validate
}

const context = createContext({ run: undefined as unknown })
const script = new Script('run()')

/** Runs what a hostile schema can make slow, such as a pattern that tries every way, and breaks it off in time. */
function within<Result>(run: () => Result): Result {
  context.run = run
  try {
    return script.runInContext(context, { timeout: MAX_MS }) as Result
  } finally {
    context.run = undefined
  }
}

function flawOf(error: ErrorObject): SchemaFlaw {
  const steps = error.instancePath.split('/').slice(1)
  const path = steps.map((step) => (/^\d+$/.test(step) ? Number(step) : fromPointer(step)))
  return { path, message: wordsOf(error) }
}

/** A step of a JSON pointer (RFC 6901, section 4). */
function fromPointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}

function wordsOf({ message, params }: ErrorObject): string {
  if (Array.isArray(params.allowedValues)) return `${message}: ${params.allowedValues.map(String).join(', ')}`
  return typeof params.additionalProperty === 'string' ? `${message}: ${params.additionalProperty}` : `${message}`
}

function reasonOf(error: unknown): string {
  if (error instanceof MissingRefError) return `refers to ${error.missingRef}, which it does not hold`
  if (error instanceof RangeError) return 'refers to itself without end, or is too large'
  if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
    return `takes longer than ${MAX_MS} ms to check`
  return (error as Error).message
}
