import type { NodeId, TaskId } from '../../ids.js'
import type { LineageDirection } from './walk.js'

/**
 * A part of a record:
 *
 * - `namespace`: the nodes of one namespace
 * - `lineageOf`: these nodes and everything that they came from or led to, as `lineage` finds it, without a bound on
 *   their number
 * - `partOf`: this task and the tasks that are part of it, at any level
 */
export type Scope =
  | { readonly namespace: string }
  | {
      readonly lineageOf: NodeId | readonly NodeId[]
      /** `both` unless told. */
      readonly direction?: LineageDirection
      /** 0 or more steps; all of them unless told. */
      readonly depth?: number
    }
  | { readonly partOf: TaskId }
