import { PREFIXES } from './prefixes.js'
import { vocabulary } from './terms.js'

/** Terms of RDF Schema 1.1. */
export const RDF = vocabulary(PREFIXES, 'rdf', ['type'])
export const RDFS = vocabulary(PREFIXES, 'rdfs', ['Resource', 'label'])

/** Terms of PROV-O (https://www.w3.org/TR/prov-o/). */
export const PROV = vocabulary(PREFIXES, 'prov', [
  'Activity',
  'Agent',
  'Association',
  'Delegation',
  'Entity',
  'Invalidation',
  'Organization',
  'Person',
  'Plan',
  'Revision',
  'Role',
  'SoftwareAgent',
  'activity',
  'agent',
  'atTime',
  'endedAtTime',
  'entity',
  'generatedAtTime',
  'hadActivity',
  'hadPlan',
  'hadRole',
  'invalidatedAtTime',
  'qualifiedAssociation',
  'qualifiedDelegation',
  'qualifiedInvalidation',
  'qualifiedRevision',
  'startedAtTime',
  'value',
  'wasAssociatedWith',
  'wasAttributedTo',
  'wasDerivedFrom',
])

/** Terms of the Dublin Core (https://www.dublincore.org/specifications/dublin-core/dcmi-terms/). */
export const DCTERMS = vocabulary(PREFIXES, 'dcterms', [
  'created',
  'description',
  'identifier',
  'isReplacedBy',
  'modified',
  'replaces',
  'title',
])

/** Terms of FOAF (http://xmlns.com/foaf/spec/). */
export const FOAF = vocabulary(PREFIXES, 'foaf', ['name'])
