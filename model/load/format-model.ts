import { Document, isScalar, isSeq, visit } from 'yaml';
import type { ModelDocument } from '../document.js';

const LINE_WIDTH = 120;

/** A model as YAML for a person to read and edit; loading it gives the same model. Lists of names take one line. */
export function formatModel(model: ModelDocument): string {
  const document = new Document(model);
  visit(document, {
    Seq(_key, list) {
      if (isSeq(list) && list.items.every((item) => isScalar(item))) list.flow = true;
    },
  });
  return document.toString({ lineWidth: LINE_WIDTH, flowCollectionPadding: false });
}
