import { z } from 'zod'
import { InvalidInputError } from '../errors.js'
import { abortSignal, callback, line, validate } from '../input.js'
import { lineageDot } from './dot.js'
import { reportJson } from './json.js'
import type { Lineage } from './lineage/lineage.js'
import { lineageMarkdown } from './markdown/lineage-markdown.js'
import { lineageMermaid } from './mermaid.js'
import { projectMarkdown } from './project/project-markdown.js'
import type { ProjectReport } from './project/project-report.js'
import {
  LINEAGE_FORMATS,
  type LineageFormat,
  type LineageRenderOptions,
  PROJECT_FORMATS,
  type ProjectFormat,
  type ProjectRenderOptions,
  type RenderProgress,
  type RenderSettings,
  type Report,
} from './report-format.js'
import { lineageSvg } from './svg.js'

type Renderer<Subject> = (report: Subject, settings: RenderSettings) => string | Promise<string>

const LINEAGE_RENDERERS: Readonly<Record<LineageFormat, Renderer<Lineage>>> = {
  markdown: (lineage, { title }) => lineageMarkdown(lineage, title),
  html: async (lineage, settings) => (await import('./html/lineage-html.js')).lineageHtml(lineage, settings),
  svg: lineageSvg,
  mermaid: (lineage, { title }) => lineageMermaid(lineage, title),
  dot: (lineage, { title }) => lineageDot(lineage, title),
  json: reportJson,
}

const PROJECT_RENDERERS: Readonly<Record<ProjectFormat, Renderer<ProjectReport>>> = {
  markdown: (report, { title }) => projectMarkdown(report, title),
  html: async (report, settings) => (await import('./html/project-html.js')).projectHtml(report, settings),
  json: reportJson,
}

const settingsFields = {
  title: line.optional(),
  onProgress: callback<(progress: RenderProgress) => void>().optional(),
  signal: abortSignal.optional(),
}
const lineageOptions = z.strictObject({ format: z.enum(LINEAGE_FORMATS), ...settingsFields })
const projectOptions = z.strictObject({ format: z.enum(PROJECT_FORMATS), ...settingsFields })

/**
 * A report as a text that people look at or programs read. Whatever comes from the record stands in it as text: none of it
 * is markup, a script or a link to anything but http and https (in HTML also mailto).
 *
 * - `markdown`: reads well as it is and on a forge
 * - `html`: one document without need of a network, with the picture, a timeline and tables
 * - `svg`: the picture of a lineage; `mermaid` and `dot`: the same as text
 * - `json`: the report itself
 *
 * Pictures of more than a few hundred shapes are grouped and cut, and say so; `dot` and `json` hold everything.
 *
 * @throws {InvalidInputError} there is no such format, or it is not one for this kind of report.
 * @throws {MissingDependencyError} `html` and `svg` of a lineage need `@viz-js/viz`, which is not installed.
 * @throws {LayoutError} the picture could not be laid out.
 */
export async function renderReport(report: Lineage, options: LineageRenderOptions): Promise<string>
export async function renderReport(report: ProjectReport, options: ProjectRenderOptions): Promise<string>
export async function renderReport(
  report: Report,
  options: LineageRenderOptions | ProjectRenderOptions,
): Promise<string> {
  switch (report?.kind) {
    case 'lineage': {
      const { format, ...settings } = validate('renderReport', lineageOptions, options)
      settings.signal?.throwIfAborted()
      return LINEAGE_RENDERERS[format](report, settings)
    }
    case 'project': {
      const { format, ...settings } = validate('renderReport', projectOptions, options)
      settings.signal?.throwIfAborted()
      return PROJECT_RENDERERS[format](report, settings)
    }
    default:
      throw new InvalidInputError('renderReport', [
        { field: 'report', message: 'expected what lineage() or projectReport() resolves with' },
      ])
  }
}
