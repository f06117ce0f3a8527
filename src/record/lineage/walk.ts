/** `origins`: what something came from; `effects`: what it led to. */
export type LineageDirection = 'origins' | 'effects' | 'both'
