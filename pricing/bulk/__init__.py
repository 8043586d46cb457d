"""Daily files of the whole catalogue and of all latest prices, so that nobody needs to crawl the site."""
