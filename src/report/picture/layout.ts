import type { Figure } from './figure.js'

/** A place, in pixels from the upper left corner. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Where a shape lies: its middle. */
export interface PlacedNode extends Figure, Point {}

/** The way of an arrow. */
export interface Route {
  /** A cubic Bézier spline of 3 n + 1 points, from the source to where the arrowhead begins. */
  readonly points: readonly Point[]
  /** The tip of the arrowhead, at the target. */
  readonly tip: Point
}

/** Where everything in a picture lies. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly nodeByKey: ReadonlyMap<string, PlacedNode>
  readonly routeByKey: ReadonlyMap<string, Route>
}
