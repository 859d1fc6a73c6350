/** What a helper process runs to make thumbnails. */
import sharp from 'sharp';
import { serve } from '../offload/serve.ts';
import { makeSizes } from './make-sizes.ts';

// One image at a time, by one thread: how many are worked on at once is for the number of processes to say.
sharp.concurrency(1);
sharp.cache(false);
// Nothing is decoded but what is named here: libvips knows formats that read other files or are programs of their own.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadWebp',
    'VipsForeignLoadHeif',
  ],
});

const methods = { makeSizes };
export type ImageMethods = typeof methods;

serve(methods);
