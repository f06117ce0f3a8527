import type { Lineage } from './lineage/lineage.js'
import type { ProjectReport } from './project/project-report.js'

/** What a lineage can be rendered as. */
export const LINEAGE_FORMATS = ['markdown', 'html', 'svg', 'mermaid', 'dot', 'json'] as const
/** What a project report can be rendered as. */
export const PROJECT_FORMATS = ['markdown', 'html', 'json'] as const

export type LineageFormat = (typeof LINEAGE_FORMATS)[number]
export type ProjectFormat = (typeof PROJECT_FORMATS)[number]

/**
 * What a rendering is at: `done` of `total` steps of the phase.
 *
 * `html` and `svg` of a lineage are laid out and then drawn: each phase is told of as it begins and as it ends, and is one
 * step. Nothing else takes long enough to tell of: all other formats, and reports of projects, have no phases.
 */
export interface RenderProgress {
  readonly phase: 'layout' | 'draw'
  readonly done: number
  readonly total: number
}

/** How a report is rendered, besides the format. */
export interface RenderSettings {
  /** The heading; default: made from the root or the namespace. */
  readonly title?: string
  /** Called for each {@link RenderProgress}; what it throws ends the rendering. */
  readonly onProgress?: (progress: RenderProgress) => void
  /** Ends the rendering: the promise rejects with the reason of the signal. */
  readonly signal?: AbortSignal
}

/** What `renderReport` takes besides a lineage. */
export interface LineageRenderOptions extends RenderSettings {
  readonly format: LineageFormat
}

/** What `renderReport` takes besides a project report. */
export interface ProjectRenderOptions extends RenderSettings {
  readonly format: ProjectFormat
}

/** What can be rendered. */
export type Report = Lineage | ProjectReport
