"""What is measured with: queries, a peer, results, and the document made of them."""
